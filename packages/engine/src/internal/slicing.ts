/**
 * A scheduler that runs fibers a millisecond at a time, and between two slices the event loop serves others. Without it
 * all fibers that an event has woken run in one turn, for 30 ms and more.
 */
import type { Scheduler } from "effect"
import { performance } from "node:perf_hooks"

/** Milliseconds. */
const slice = 1

/** Between two looks at the clock, which costs as much as one. */
const operations = 32

/** Effect's own: after so many a fiber yields in any case. */
const mostOperations = 2_048

/** It slices while it is told to. */
export const slicing = (isNeeded: () => boolean): Scheduler.Scheduler => {
  /** First in, first out: all of it can wait, so there are no priorities. */
  let tasks: Array<() => void> = []
  let isSlicing = false
  let isRunning = false
  let isScheduled = false
  let end = 0

  const isOver = () => isSlicing && performance.now() >= end

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(run)
  }

  const run = () => {
    isScheduled = false
    isRunning = true
    isSlicing = isNeeded()
    end = performance.now() + slice
    const present = tasks
    tasks = []
    let done = 0
    for (const task of present) {
      task()
      done++
      if (isOver()) break
    }
    if (done < present.length) tasks = [...present.slice(done), ...tasks]
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
    shouldYield: ({ currentOpCount }) =>
      currentOpCount >= mostOperations ||
      // What something else has woken, in a turn of its own, waits for a slice too.
      (isSlicing && (!isRunning || (currentOpCount % operations === 0 && isOver()))),
    makeDispatcher: () => dispatcher
  }
}
