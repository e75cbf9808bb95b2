/** Runs each test once undisturbed, then once with each mutant that it evaluates, until that one is killed. */
import { relative } from "node:path"
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from "vitest"
import { switchName } from "../instrument.ts"
import { eventsOf, type Job, readJob, tell } from "./Job.ts"

/** A test that takes longer undisturbed is left out. In milliseconds, of processor time and of the clock. */
const slowest = { processor: 800, clock: 10_000 }

/** A test with a mutant may take this many times as long as without, and this many milliseconds more. */
const patience = { times: 5, more: 1000 }

/** So many tests may be left hanging in a process before another one goes on. */
const mostHanging = 8

const job: Job = readJob()

/** What the switches in the code share with this module, which may be loaded again for each file of tests. */
interface Switch {
  (mutant: number): boolean
  /** The mutant that is on; 0 for none. */
  active: number
  /** Those that were asked for since it was emptied. */
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
for (const event of known) if (event.type === "killed") alive.delete(event.mutant)
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
      tell(job.events, { type: "early", file, mutants: [...this.#early] })
      tell(job.events, { type: "ended", file })
    }
  }

  /** The test as it is, with a mutant that has been on from the start. */
  async #once(mutant: number, test: string, run: Run) {
    const ending = await limited(run, 30_000)
    if (ending === "passed") return
    tell(job.events, { type: "killed", mutant, test, by: ending })
    throw new Error("killed")
  }

  async #eachMutant({ fails }: RunnerTestCase, test: string, run: Run) {
    const leaveOut = (reason: string) => {
      unfit.add(test)
      tell(job.events, { type: "unfit", test, reason })
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
    tell(job.events, { type: "covered", test, mutants: covered })
    const limit = took * patience.times + patience.more

    for (const mutant of covered) {
      if (passed.has(`${mutant} ${test}`)) continue
      tell(job.events, { type: "begun", mutant, test })
      made.active = mutant
      const ending = await limited(run, limit)
      made.active = 0
      if (ending === "passed") {
        tell(job.events, { type: "passed", mutant, test })
        continue
      }
      if (ending === "timeout") this.#hanging++
      // Whether it was the mutant, and whether it left something behind.
      if ((await limited(run, limit)) !== "passed") return leaveOut("fails after a mutant")
      tell(job.events, { type: "killed", mutant, test, by: ending })
      alive.delete(mutant)
      if (this.#hanging > mostHanging) process.exit(1)
    }
  }
}

type Run = () => unknown

const nameOf = (test: RunnerTestCase): string => {
  const names = [test.name]
  for (let suite = test.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name)
  return [relative(process.cwd(), test.file.filepath), ...names].join(" > ")
}

/** By what the test says, not by where its file is. */
const isOnPostgres = (name: string): boolean => /postgres/i.test(name.slice(name.indexOf(" > ")))

/** Counted in ticks of 50 ms, so that a process that was stopped for a while has not been slow. */
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
