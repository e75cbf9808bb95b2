/** Runs each test without mutants, then once with each mutant that it evaluates and that is still alive. */
import { relative } from "node:path"
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from "vitest"
import { switchName } from "../instrument.ts"
import { eventsOf, type Job, readJob, record } from "./Job.ts"

/** A test that takes longer without mutants is skipped. In milliseconds of processor time and of the clock. */
const slowest = { processor: 800, clock: 10_000 }

/** With a mutant, a test may take this many times as long, plus this many milliseconds. */
const timeLimit = { times: 5, more: 1000 }

/** The number of tests that may hang in a process before the next process continues. */
const maxHanging = 8

const job: Job = readJob()

/** The global switch. This module may be loaded again for each test file. */
interface Switch {
  (mutant: number): boolean
  /** The mutant that is on, or 0. */
  active: number
  /** The mutants that were evaluated since it was cleared. */
  evaluated: Set<number>
}

const makeSwitch = (): Switch => {
  const made: Switch = Object.assign(
    (mutant: number) => {
      made.evaluated.add(mutant)
      return mutant === made.active
    },
    { active: job.always ?? 0, evaluated: new Set<number>() }
  )
  Object.assign(globalThis, { [switchName]: made })
  return made
}

const made: Switch = Reflect.get(globalThis, switchName) ?? makeSwitch()
const { evaluated } = made

const known = eventsOf(job.events)
const alive = new Set(job.mutants)
const passed = new Set(known.map((event) => (event.type === "passed" ? `${event.mutant} ${event.test}` : "")))
const unfit = new Set(known.map((event) => (event.type === "unfit" ? event.test : "")))

export default class MutantRunner extends TestRunner {
  #early = new Set<number>()
  #hanging = 0

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test)
    const name = nameOf(test)
    if (isOnPostgres(name) !== job.onPostgres || /SQLite in a file/.test(name)) return
    if (unfit.has(name) || alive.size === 0) return
    if (job.always !== undefined) return this.#once(job.always, name, run)
    for (const mutant of evaluated) this.#early.add(mutant)
    await this.#eachMutant(test, name, run)
    evaluated.clear()
  }

  override onAfterRunFiles(files: Array<RunnerTestFile>) {
    super.onAfterRunFiles(files)
    for (const mutant of evaluated) this.#early.add(mutant)
    for (const { filepath } of files) {
      const file = relative(process.cwd(), filepath)
      record(job.events, { type: "early", file, mutants: [...this.#early] })
      record(job.events, { type: "ended", file })
    }
  }

  /** Runs the test with a mutant that has been on from the start. */
  async #once(mutant: number, test: string, run: Run) {
    const ending = await limited(run, 30_000)
    if (ending === "passed") return
    record(job.events, { type: "killed", mutant, test, by: ending })
    throw new Error("killed")
  }

  async #eachMutant({ fails }: RunnerTestCase, test: string, run: Run) {
    const leaveOut = (reason: string) => {
      unfit.add(test)
      record(job.events, { type: "unfit", test, reason })
    }
    evaluated.clear()
    const before = performance.now()
    const used = process.cpuUsage()
    const undisturbed = await limited(run, slowest.clock)
    const took = performance.now() - before
    const { user, system } = process.cpuUsage(used)
    if ((user + system) / 1000 > slowest.processor) return leaveOut("slow")
    if (fails === true || undisturbed !== "passed")
      return leaveOut(fails === true ? "has to fail" : undisturbed)
    const covered = [...evaluated].filter((mutant) => alive.has(mutant))
    record(job.events, { type: "covered", test, mutants: covered })
    const limit = took * timeLimit.times + timeLimit.more

    for (const mutant of covered) {
      if (passed.has(`${mutant} ${test}`)) continue
      record(job.events, { type: "begun", mutant, test })
      made.active = mutant
      const ending = await limited(run, limit)
      made.active = 0
      if (ending === "passed") {
        record(job.events, { type: "passed", mutant, test })
        continue
      }
      if (ending === "timeout") this.#hanging++
      // A mutant that leaves state behind makes the test fail without it, too.
      if ((await limited(run, limit)) !== "passed") return leaveOut("fails after a mutant")
      record(job.events, { type: "killed", mutant, test, by: ending })
      alive.delete(mutant)
      if (this.#hanging > maxHanging) process.exit(1)
    }
  }
}

type Run = () => unknown

const nameOf = (test: RunnerTestCase): string => {
  const names = [test.name]
  for (let suite = test.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name)
  return [relative(process.cwd(), test.file.filepath), ...names].join(" > ")
}

/** Judges by the test's name, not by its file. */
const isOnPostgres = (name: string): boolean => /postgres/i.test(name.slice(name.indexOf(" > ")))

/** Counts ticks of 50 ms, so that a suspended process does not time out. */
const limited = async (run: Run, millis: number): Promise<"passed" | "failure" | "timeout"> => {
  let ticks = 0
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<"timeout">((resolve) => {
    timer = setInterval(() => {
      ticks++
      if (ticks * 50 > millis) resolve("timeout")
    }, 50)
  })
  const ran = (async () => {
    try {
      await run()
      return "passed" as const
    } catch {
      return "failure" as const
    }
  })()
  const ending = await Promise.race([ran, late])
  clearInterval(timer)
  return ending
}
