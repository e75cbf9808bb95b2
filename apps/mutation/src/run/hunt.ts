/** Finds out which mutants of a file its tests kill. */
import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Death, type Event, eventsOf, type Job, jobVariable, tell } from "./Job.ts"

export interface Prey {
  readonly file: string
  /** The file's text with all its mutants in it. */
  readonly code: string
  readonly tests: ReadonlyArray<string>
  readonly mutants: ReadonlyArray<number>
  /** The URL of a server, or undefined where the tests on Postgres are left out. */
  readonly postgresUrl: string | undefined
}

export interface Catch {
  readonly killed: ReadonlyMap<number, { readonly test: string; readonly by: Death }>
  /** Those that at least one test evaluates. */
  readonly evaluated: ReadonlySet<number>
  /** Tests that tell nothing, with the reason. */
  readonly unfit: ReadonlyMap<string, string>
}

/** First on SQLite, then on Postgres what is still alive. */
export const hunt = async ({ file, code, tests, mutants, postgresUrl }: Prey): Promise<Catch> => {
  const folder = await mkdtemp(join(tmpdir(), "usher-mutation-"))
  const events = join(folder, "events")
  await writeFile(events, "")
  const job = { file, code, mutants, events }
  try {
    await inTurn({ ...job, tests, onPostgres: false }, folder, "")
    await fromTheStart({ ...job, tests, onPostgres: false }, folder, "")
    if (postgresUrl !== undefined) {
      const onPostgres = await naming(tests, /postgres/i)
      await inTurn({ ...job, tests: onPostgres, onPostgres: true }, folder, postgresUrl)
      await fromTheStart({ ...job, tests: onPostgres, onPostgres: true }, folder, postgresUrl)
    }
    return summary(eventsOf(events))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The tests that have to do with it, by themselves or by what they share. */
const naming = async (tests: ReadonlyArray<string>, word: RegExp) => {
  const texts = await Promise.all(tests.map((test) => readFile(test, "utf8")))
  return tests.filter((_, index) => word.test(texts[index] ?? "") || /\bonEach\b/.test(texts[index] ?? ""))
}

/** Each mutant is switched on within a test. A process that ends early goes on after what it was at. */
const inTurn = async (job: Job, folder: string, postgresUrl: string) => {
  const ended = new Set<string>()
  const seen = eventsOf(job.events).length
  for (;;) {
    const tests = job.tests.filter((test) => !ended.has(test))
    if (tests.length === 0 || alive(job).length === 0) return
    const before = eventsOf(job.events).length
    await run({ ...job, tests, mutants: alive(job) }, folder, postgresUrl)
    const events = eventsOf(job.events)
    for (const event of events.slice(seen)) if (event.type === "ended") ended.add(event.file)
    const news = events.slice(before)
    const last = news.at(-1)
    // The process ended, or was ended, within this run.
    if (last?.type === "begun") {
      tell(job.events, { ...last, type: "killed", by: "crash" })
      continue
    }
    const missing = tests.find((test) => !ended.has(test))
    if (missing !== undefined && !news.some((event) => event.type === "killed" || event.type === "unfit")) {
      // It can't be loaded.
      tell(job.events, { type: "unfit", test: missing, reason: "does not load" })
      ended.add(missing)
    }
  }
}

/** So many files of tests are run for a mutant with a process of its own. */
const nearest = 4

/** Each mutant that is evaluated before any test has a process of its own, in which it is on from the start. */
const fromTheStart = async (job: Job, folder: string, postgresUrl: string) => {
  const early = new Set<number>()
  for (const event of eventsOf(job.events)) {
    if (event.type === "early") for (const mutant of event.mutants) early.add(mutant)
  }
  for (const mutant of alive(job).filter((mutant) => early.has(mutant))) {
    const before = eventsOf(job.events).length
    const isWell = await run(
      { ...job, tests: job.tests.slice(0, nearest), always: mutant, mutants: [mutant] },
      folder,
      postgresUrl
    )
    const isKilled = eventsOf(job.events)
      .slice(before)
      .some(({ type }) => type === "killed")
    if (!isWell && !isKilled) {
      tell(job.events, { type: "killed", mutant, test: job.tests[0] ?? "", by: "crash" })
    }
  }
}

/** Of a test's name. */
export const fileOf = (test: string): string => test.split(" > ", 1)[0] ?? test

const alive = ({ events, mutants }: Job) => {
  const { killed } = summary(eventsOf(events))
  return mutants.filter((mutant) => !killed.has(mutant))
}

const summary = (events: ReadonlyArray<Event>): Catch => {
  const killed = new Map<number, { test: string; by: Death }>()
  const evaluated = new Set<number>()
  const unfit = new Map<string, string>()
  for (const event of events) {
    if (event.type === "killed" && !killed.has(event.mutant)) killed.set(event.mutant, event)
    if (event.type === "covered" || event.type === "early")
      for (const mutant of event.mutants) evaluated.add(mutant)
    if (event.type === "unfit") unfit.set(event.test, event.reason)
  }
  return { killed, evaluated, unfit }
}

const vitest = fileURLToPath(new URL("../vitest.mjs", import.meta.resolve("vitest/node")))
const config = fileURLToPath(new URL("vitest.config.ts", import.meta.url))

/** A process that tells nothing for so long never will. In milliseconds. */
const longestSilence = 60_000

/** Whether the tests passed. */
const run = async (job: Job, folder: string, postgresUrl: string): Promise<boolean> => {
  const path = join(folder, "job")
  await writeFile(path, JSON.stringify(job))
  const child = spawn(process.execPath, ["--no-warnings", vitest, "run", "--config", config], {
    stdio: process.env["USHER_MUTATION_VERBOSE"] === undefined ? "ignore" : "inherit",
    // A group of its own: what it started ends with it.
    detached: true,
    env: { ...process.env, [jobVariable]: path, USHER_MUTATION_POSTGRES: postgresUrl }
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", resolve)
  })
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null) return
    try {
      process.kill(-child.pid, "SIGKILL")
    } catch {
      // It has ended meanwhile.
    }
  }
  let [size, silence] = [0, 0]
  const timer = setInterval(() => {
    void stat(job.events).then((now) => {
      silence = now.size === size ? silence + 500 : 0
      size = now.size
      if (silence >= longestSilence) end()
    })
  }, 500)
  process.once("exit", end)
  const code = await ended
  clearInterval(timer)
  process.off("exit", end)
  return code === 0
}
