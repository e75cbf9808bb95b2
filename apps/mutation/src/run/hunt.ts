/** Finds the mutants of a file that its tests kill. */
import { spawn } from "node:child_process"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Death, type Event, eventsOf, type Job, jobVariable, record } from "./Job.ts"

export interface Prey extends Pick<Job, "file" | "code" | "tests" | "mutants"> {
  /** The URL of a server. Undefined skips the tests on Postgres. */
  readonly postgresUrl: string | undefined
}

export interface Catch {
  readonly killed: ReadonlyMap<number, { readonly test: string; readonly by: Death }>
  /** The mutants that at least one test evaluates. */
  readonly evaluated: ReadonlySet<number>
  /** The tests that were skipped, with the reason. */
  readonly unfit: ReadonlyMap<string, string>
}

/** Runs the tests on SQLite first, then the tests on Postgres with the mutants that are still alive. */
export const hunt = async ({ postgresUrl, ...prey }: Prey): Promise<Catch> => {
  const folder = await mkdtemp(join(tmpdir(), "usher-mutation-"))
  const events = join(folder, "events")
  await writeFile(events, "")
  const both = async (job: Job, url: string) => {
    await inTurn(job, folder, url)
    await fromTheStart(job, folder, url)
  }
  try {
    await both({ ...prey, events, onPostgres: false }, "")
    if (postgresUrl !== undefined) {
      const tests = await onPostgres(prey.tests)
      await both({ ...prey, tests, events, onPostgres: true }, postgresUrl)
    }
    return summary(eventsOf(events))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The test files that run on Postgres, by themselves or by `onEach`. */
const onPostgres = async (tests: ReadonlyArray<string>) => {
  const texts = await Promise.all(tests.map((test) => readFile(test, "utf8")))
  return tests.filter((_, index) => /postgres|\bonEach\b/i.test(texts[index] ?? ""))
}

/** Switches each mutant on within the tests. After a process ends early, the next one continues after its last mutant. */
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
    // The process ended, or was killed, during this test.
    if (last?.type === "begun") {
      record(job.events, { ...last, type: "killed", by: "crash" })
      continue
    }
    const missing = tests.find((test) => !ended.has(test))
    if (missing !== undefined && !news.some((event) => event.type === "killed" || event.type === "unfit")) {
      record(job.events, { type: "unfit", test: missing, reason: "does not load" })
      ended.add(missing)
    }
  }
}

/** The number of test files that run in a process for one mutant. */
const nearest = 4

/** Runs a process for each mutant that is evaluated before any test; it is on from the start. */
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
      record(job.events, { type: "killed", mutant, test: job.tests[0] ?? "", by: "crash" })
    }
  }
}

/** The file in a test's name. */
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

/** A process without events for this long is killed. In milliseconds. */
const maxSilence = 60_000

/** Runs the tests in a process, and returns whether they passed. */
const run = async (job: Job, folder: string, postgresUrl: string): Promise<boolean> => {
  const path = join(folder, "job")
  await writeFile(path, JSON.stringify(job))
  const child = spawn(process.execPath, ["--no-warnings", vitest, "run", "--config", config], {
    stdio: process.env["USHER_MUTATION_VERBOSE"] === undefined ? "ignore" : "inherit",
    // Its own group, so that its children end with it.
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
      // It has ended already.
    }
  }
  let [size, silence] = [0, 0]
  const timer = setInterval(() => {
    void stat(job.events).then((now) => {
      silence = now.size === size ? silence + 500 : 0
      size = now.size
      if (silence >= maxSilence) end()
    })
  }, 500)
  process.once("exit", end)
  const code = await ended
  clearInterval(timer)
  process.off("exit", end)
  return code === 0
}
