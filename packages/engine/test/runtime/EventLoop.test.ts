import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { performance } from "node:perf_hooks"
import { EventLoop } from "../../src/index.ts"

it.effect("the event loop's time is Node's own by default", () =>
  Effect.gen(function* () {
    const read = yield* EventLoop.EventLoop
    const [before, usage, after] = [
      performance.eventLoopUtilization(),
      read(),
      performance.eventLoopUtilization()
    ]
    expect(usage.active).toBeGreaterThan(0)
    expect(usage.active).toBeGreaterThanOrEqual(before.active)
    expect(usage.active).toBeLessThanOrEqual(after.active)
    expect(usage.idle).toBe(before.idle)
  })
)

it("its load between two readings is the share of the time that it worked", () => {
  const start = { active: 100, idle: 300 }
  expect(EventLoop.utilization(start, { active: 130, idle: 310 })).toBe(0.75)
  expect(EventLoop.utilization(start, { active: 100, idle: 301 })).toBe(0)
  expect(EventLoop.utilization(start, { active: 101, idle: 300 })).toBe(1)
  expect(EventLoop.utilization(start, start)).toBe(0)
})
