/**
 * Work that can wait, in slices: it runs for a millisecond at a time, and between two slices the event loop serves who
 * waits for an answer. Without it all fibers that an event has woken run in one turn, for 30 ms and more.
 */
import { Context, Effect, Scheduler } from "effect"
import { performance } from "node:perf_hooks"

/** Milliseconds. */
const slice = 1

/** Between two looks at the clock, which costs as much as one. */
const operations = 32

const make = (): Scheduler.Scheduler => {
  /** First in, first out: all of it can wait, so there are no priorities. */
  let tasks: Array<() => void> = []
  let isRunning = false
  let isScheduled = false
  let end = 0

  const isOver = () => performance.now() >= end

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(run)
  }

  const run = () => {
    isScheduled = false
    isRunning = true
    end = performance.now() + slice
    let done = 0
    for (const task of tasks) {
      task()
      done++
      if (isOver()) break
    }
    tasks = tasks.slice(done)
    isRunning = false
    if (tasks.length > 0) schedule()
  }

  const dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => {
      tasks.push(task)
      schedule()
    },
    flush: () => {
      while (tasks.length > 0) run()
    }
  }

  return {
    executionMode: "async",
    // A fiber that something else wakes, in a turn of its own, waits for a slice too.
    shouldYield: ({ currentOpCount }) => !isRunning || (currentOpCount % operations === 0 && isOver()),
    makeDispatcher: () => dispatcher
  }
}

/** One for all in a process, so that they share the slices. */
const TimeSlices = Context.Reference<Scheduler.Scheduler>("@usher/engine/TimeSlices", { defaultValue: make })

/** Runs it, and whatever it forks, in the slices. */
export const inSlices = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(TimeSlices, (scheduler) => Effect.provideService(effect, Scheduler.Scheduler, scheduler))
