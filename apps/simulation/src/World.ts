/**
 * The processes of a run, and the loop that runs their fibers. The seed draws the next fiber among all runnable ones, so that
 * every possible order occurs sooner or later. When nothing can run, time passes to the next sleeper.
 */
import { Clock, Context, Effect, type Exit, Logger, Random, References, Scheduler } from "effect"
import { SecureRandom } from "effect/crypto"
import { EventLoop } from "@usher/engine"
import { RandomBytes, Writer } from "../../../packages/engine/src/runtime/randomBytes.ts"
import type { Seed } from "./Seed.ts"
import * as Time from "./Time.ts"
import * as Trace from "./Trace.ts"

/** A process of a machine. A dead process never runs again, not even its finalizers. */
export interface Process {
  readonly name: string
  state: "running" | "frozen" | "dead"
  /** The scheduler, clock and randomness of its fibers. */
  readonly context: Context.Context<SecureRandom.SecureRandom>
}

interface Task {
  readonly process: Process
  readonly run: () => void
  readonly dispatcher: object
}

/** The time of a step, in milliseconds. */
const stepTakes = 0.05

/** A fiber yields after at most this many operations. */
const maxOperations = 60

/** More steps than this are an endless loop. */
const maxSteps = 3_000_000

interface DriveOptions {
  /** Ends the drive early. */
  readonly until?: () => boolean
  /** The maximum of simulated time, in milliseconds. */
  readonly millis: number
  /** The maximum of steps. Default: none. */
  readonly steps?: number
}

export type World = ReturnType<typeof make>

export const make = (seed: Seed) => {
  const time = Time.make<Process>()
  const trace = Trace.make(time.elapsed)
  const order = seed.fork(1)
  const processes = new Set<Process>()
  let ready: Array<Task> = []
  let steps = 0
  let running: Process | undefined
  const freezes: Array<{ readonly process: string; readonly from: number; to: number }> = []

  const schedulerOf = (process: Process): Scheduler.Scheduler => ({
    executionMode: "async",
    shouldYield: ({ currentOpCount }) => currentOpCount >= order.between(1, maxOperations),
    makeDispatcher: () => {
      const dispatcher: Scheduler.SchedulerDispatcher = {
        scheduleTask: (run) => {
          if (process.state !== "dead") ready.push({ process, run, dispatcher })
        },
        flush: () => {
          for (let task = takeOf(dispatcher); task !== undefined; task = takeOf(dispatcher)) task.run()
        }
      }
      return dispatcher
    }
  })

  const takeOf = (dispatcher: object) => {
    const at = ready.findIndex((task) => task.dispatcher === dispatcher)
    return at === -1 ? undefined : ready.splice(at, 1)[0]
  }

  /** Draws one of the runnable tasks. */
  const draw = () => {
    const isAnyFrozen = ready.some(({ process }) => process.state === "frozen")
    const can = isAnyFrozen ? ready.filter(({ process }) => process.state === "running") : ready
    const task = can[order.between(0, can.length - 1)]
    if (task === undefined) return undefined
    const last = ready.pop()
    if (last !== undefined && last !== task) ready[ready.indexOf(task)] = last
    return task
  }

  const start = (name: string, machine: Time.Machine): Process => {
    const chance = seed.fork(100 + processes.size)
    const process: Process = { name, state: "running", context: Context.makeUnsafe(new Map()) }
    const context = Context.mergeAll(
      Context.make(Scheduler.Scheduler, schedulerOf(process)),
      Context.make(Clock.Clock, time.clockOf(process, machine, chance.between(0, 1e7))),
      Context.make(Random.Random, {
        nextIntUnsafe: () => chance.between(0, 2 ** 31),
        nextDoubleUnsafe: chance.next
      }),
      Context.make(SecureRandom.SecureRandom, SecureRandom.make(chance.bytes)),
      Context.make(RandomBytes, chance.bytes),
      Context.make(Writer, name),
      // An idle event loop.
      Context.make(EventLoop.EventLoop, () => ({ active: 0, idle: time.elapsed() })),
      Context.make(References.MinimumLogLevel, "Warn"),
      Context.make(
        Logger.CurrentLoggers,
        new Set([Logger.make(({ message }) => trace.note(process.name, `logs: ${String(message)}`))])
      )
    )
    const started = Object.assign(process, { context })
    processes.add(started)
    return started
  }

  /** Lets real threads answer, although nothing in a run should need them. */
  const settle = () => new Promise<void>((resolve) => void setImmediate(resolve))

  const drive = async ({ until = () => false, millis, steps: most = Infinity }: DriveOptions) => {
    const end = time.elapsed() + millis
    const begun = steps
    while (!until() && steps - begun < most) {
      if (steps - begun > maxSteps) throw new Error("the run never comes to rest")
      const task = draw()
      if (task !== undefined) {
        steps++
        time.pass(stepTakes)
        running = task.process
        task.run()
        running = undefined
        continue
      }
      await settle()
      if (ready.some(({ process }) => process.state === "running")) continue
      const next = time.first(({ state }) => state === "running")
      if (next === undefined || next.at > end) {
        time.pass(Math.max(0, end - time.elapsed()))
        return
      }
      running = next.owner
      time.wake(next)
      running = undefined
    }
  }

  const fork = <A, E, R>(
    process: Process,
    effect: Effect.Effect<A, E, R>,
    context: Context.Context<R>,
    onExit: (exit: Exit.Exit<A, E>) => void
  ) => {
    const fiber = Effect.runForkWith(Context.merge(context, process.context))(
      Effect.andThen(Effect.yieldNow, effect)
    )
    fiber.addObserver(onExit)
    return fiber
  }

  return {
    seed,
    trace,
    time,
    start,
    drive,
    fork,
    /** Runs an effect of a process, while the others run, too. Undefined if the process died before its end. */
    evaluate: async <A, E>(process: Process, effect: Effect.Effect<A, E, SecureRandom.SecureRandom>) => {
      let exit: Exit.Exit<A, E> | undefined
      fork(process, effect, process.context, (ended) => (exit = ended))
      await drive({ until: () => exit !== undefined || process.state === "dead", millis: 3_600_000 })
      return exit
    },
    steps: () => steps,
    /** The times at which processes were frozen. */
    freezes: () => freezes,
    /** The process that runs now. Undefined between steps. */
    running: () => running,
    /** Kills it like `kill -9`. */
    kill: (process: Process) => {
      process.state = "dead"
      ready = ready.filter((task) => task.process !== process)
      time.forget(process)
      trace.note(process.name, "killed")
    },
    freeze: (process: Process) => {
      process.state = "frozen"
      freezes.push({ process: process.name, from: time.elapsed(), to: Infinity })
      trace.note(process.name, "frozen")
    },
    thaw: (process: Process) => {
      process.state = "running"
      const freeze = freezes.findLast((one) => one.process === process.name)
      if (freeze !== undefined) freeze.to = time.elapsed()
      trace.note(process.name, "wakes up")
    }
  }
}
