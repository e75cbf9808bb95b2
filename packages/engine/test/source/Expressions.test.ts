import { describe, expect, it, layer } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { readFileSync } from "node:fs"
import { monitorEventLoopDelay } from "node:perf_hooks"
import { Expressions, Mapping } from "../../src/index.ts"
import { eventually } from "../fixtures.ts"

const email = "alice@example.com"

const map = Effect.fnUntraced(function* (expr: string, body: unknown) {
  const mapping = yield* Mapping.make({ live: "live-1", member: { expr } })
  const text = typeof body === "string" ? body : JSON.stringify(body)
  return yield* mapping.map({ source: "form", body: new TextEncoder().encode(text), headers: {} })
})

const good = Effect.map(map("email", { email }), ({ status }) => status)

const unmappable = (reason: string | RegExp) => ({
  status: "unmappable",
  reason: typeof reason === "string" ? expect.stringContaining(reason) : expect.stringMatching(reason)
})

/** With the longest time for which nothing else ran in this process, in milliseconds. */
const stalls = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    return Effect.map(effect, (value) => {
      delay.disable()
      return { value, longest: delay.max / 1e6 }
    })
  })

const items = (count: number) => ({
  items: Array.from({ length: count }, (_, n) => ({ n: (n * 7919) % count }))
})

const doubled = (times: number) =>
  `($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f("aaaaaaaa", ${times}))`

const tooSlow = "takes more than 100 ms of the processor's time"
/** Time or memory, whichever is used up first. */
const tooSlowOrBig = /takes more than 100 ms of the processor's time|need more than 128 MB/
const tooBig = "the expressions need more than 128 MB"

layer(Expressions.layer)("what would take for ever", (it) => {
  it.effect.each([
    ["a regular expression that backtracks", "$match(x, /^(a+)+$/)", { x: `${"a".repeat(50)}!` }, tooSlow],
    ["a loop without an end", "($f := function($n) { $f($n + 1) }; $f(0))", {}, tooSlow],
    ["what is distinct among many", "$distinct(items)", items(9_000), tooSlow],
    ["a filter that looks at everything for each", "items[n in $$.items.n].n", items(9_000), tooSlow],
    ["a hundred million pairs", "$count($map([1..9999], function($v) { [1..9999] }))", {}, tooSlowOrBig],
    ["text without an end", `$split(${doubled(24)}, "")`, {}, tooBig],
    ["more text than can be", doubled(60), {}, "fails: Error Invalid string length"],
    ["a long answer", doubled(18), {}, "the expressions return more than 1000000 characters"],
    ["a body of 100,000 levels", "**.email", "[".repeat(100_000) + "]".repeat(100_000), "call stack"]
  ] as const)("is ended, and nothing else has to wait for it: %s", ([, expr, body, reason]) =>
    Effect.gen(function* () {
      const { value, longest } = yield* stalls(map(expr, body))
      expect(value).toEqual(unmappable(reason))
      expect(longest).toBeLessThan(2_000)
      expect(yield* good).toBe("mapped")
    })
  )

  it.effect("ends alone among many", () =>
    Effect.gen(function* () {
      const bad = Effect.map(map("$match(x, /^(a+)+$/)", { x: `${"a".repeat(50)}!` }), ({ status }) => status)
      const big = Effect.map(map(`$split(${doubled(24)}, "")`, {}), ({ status }) => status)
      const all = [good, bad, ...Array.from({ length: 100 }, () => good), big, good, bad, good]
      const statuses = yield* Effect.all(all, { concurrency: "unbounded" })
      expect(statuses.filter((status) => status === "mapped")).toHaveLength(103)
      expect([1, 102, 104].map((place) => statuses[place])).toEqual([
        "unmappable",
        "unmappable",
        "unmappable"
      ])
    })
  )
})

// Looked up where only Linux has it.
describe.skipIf(process.platform !== "linux")("the process", () => {
  it.effect("is there when it is needed, and gone with its layer, even while it is busy", () =>
    Effect.gen(function* () {
      const started = yield* startedFromNow
      yield* Effect.gen(function* () {
        expect(yield* started).toEqual([])
        expect(yield* good).toBe("mapped")
        expect(yield* started).toHaveLength(1)
        const busy = yield* Effect.forkScoped(map("$match(x, /^(a+)+$/)", { x: `${"a".repeat(50)}!` }))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(busy)
      }).pipe(Effect.scoped, Effect.provide(Expressions.layer))
      expect(yield* started).toEqual([])
    })
  )

  it.effect("sees no environment, writes no file and starts no program", () =>
    Effect.gen(function* () {
      const started = yield* startedFromNow
      yield* good
      const [child] = yield* started
      expect(readFileSync(`/proc/${child}/environ`, "utf8")).toBe("")
      expect(commandLine(child ?? 0)).toContain("--permission")
    }).pipe(Effect.provide(Expressions.layer))
  )

  it.effect("is started again when somebody ended it, and what it was at is done all the same", () =>
    Effect.gen(function* () {
      const started = yield* startedFromNow
      yield* good
      const [child] = yield* started
      // So that it is at something when it ends.
      const waiting = yield* Effect.forkChild(
        map("$count($map([1..900], function($v) { $v })) & '@example.com'", {})
      )
      yield* Effect.yieldNow
      process.kill(child ?? 0, "SIGKILL")
      expect(yield* Fiber.join(waiting)).toMatchObject({ status: "mapped" })
      expect(yield* good).toBe("mapped")
      expect(yield* eventually(started, ([other]) => other !== child)).toHaveLength(1)
    }).pipe(Effect.provide(Expressions.layer))
  )
})

it("the bounds are those that the handbook states", () => {
  const handbook = readFileSync(new URL("../../../../docs/operations/mappings.md", import.meta.url), "utf8")
  const { time, memory, depth, values, answer } = Expressions.limits
  expect({ time, memory, depth, values, answer }).toEqual({
    time: 100,
    memory: 128,
    depth: 1_000,
    values: 10_000,
    answer: 1_000_000
  })
  expect(handbook).toContain(
    "100 ms of the processor's time, 128 MB, 1,000 levels of nesting and of calls within calls, 10,000 values in a list, a million characters"
  )
  expect(handbook).toContain(
    `the texts ${Mapping.noTexts
      .map((text) => `\`${text}\``)
      .join(", ")
      .replace(/, ([^,]*)$/, " and $1")}, in any case`
  )
})

const program = "source/expressions/child"

/** This process's, that evaluate expressions. */
const childIds = Effect.sync(() =>
  readFileSync(`/proc/self/task/${process.pid}/children`, "utf8")
    .split(" ")
    .filter((id) => id !== "" && commandLine(id).includes(program))
    .map(Number)
)

/** Those that were not there before: other test files of this worker have one of their own. */
const startedFromNow = Effect.map(childIds, (before) =>
  Effect.map(childIds, (ids) => ids.filter((id) => !before.includes(id)))
)

const commandLine = (id: string | number) => readFileSync(`/proc/${id}/cmdline`, "utf8")
