/** Programs in processes of their own: what ends them, and what becomes of the jobs that they were at. */
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { existsSync } from "node:fs"
import * as program from "../../../src/runtime/process/program.ts"
import { Troubles } from "../../../src/runtime/Troubles.ts"
import { eventually } from "../../fixtures.ts"

interface Answer {
  readonly id?: number
  readonly pid?: number
  readonly lost?: string
}

const file = new URL("./childProgram.ts", import.meta.url)

const open = (options: Partial<program.Options<Answer>> = {}) =>
  program.make<Answer>({
    purpose: "is a test",
    file,
    imports: { packages: [], files: [] },
    memory: 32,
    ahead: { jobs: 1, characters: 1_000 },
    answerTimeout: "10 seconds",
    lost: (end, times) => (end === "other" && times < 2 ? undefined : { lost: `${end} ${times}` }),
    ...options
  })

const isAlive = (pid = 0) => existsSync(`/proc/${pid}`)

it.effect("a job without an end is ended, and the next one is answered by another process", () =>
  Effect.gen(function* () {
    const ask = yield* open()
    const { pid } = yield* ask({ what: "answer" })
    const both = yield* Effect.forkChild(
      Effect.all([ask({ what: "hang" }), ask({ what: "answer" })], { concurrency: "unbounded" })
    )
    yield* TestClock.adjust("20 seconds")
    const [hung, next] = yield* Fiber.join(both)
    expect(hung).toEqual({ lost: "silence 1" })
    expect(next).toEqual({ id: 3, pid: expect.any(Number) })
    expect(next.pid).not.toBe(pid)
    if (process.platform === "linux") expect(isAlive(pid)).toBe(false)
  }).pipe(Effect.scoped)
)

it.effect("a job without an answer costs its share the time until its process was ended", () =>
  Effect.gen(function* () {
    const charged: Array<number> = []
    const share = { charge: (millis: number) => void charged.push(millis), isUsedUp: () => false }
    const ask = yield* open()
    yield* ask({ what: "answer" })
    const hung = yield* Effect.forkChild(ask({ what: "hang" }, share))
    yield* TestClock.adjust("20 seconds")
    yield* Fiber.join(hung)
    expect(charged).toEqual([20_000])
  }).pipe(Effect.scoped)
)

it.effect("a job that takes more memory than it may ends its process, and no other job", () =>
  Effect.gen(function* () {
    const ask = yield* open()
    const [filled, next] = yield* Effect.all([ask({ what: "fill" }), ask({ what: "answer" })], {
      concurrency: "unbounded"
    })
    expect(filled).toEqual({ lost: "memory 1" })
    expect(next).toMatchObject({ id: 2 })
  }).pipe(Effect.scoped)
)

it.effect("a job whose process ends is tried once more", () =>
  Effect.gen(function* () {
    const ask = yield* open()
    expect(yield* ask({ what: "end" })).toEqual({ lost: "other 2" })
    expect(yield* ask({ what: "answer" })).toMatchObject({ id: 2 })
  }).pipe(Effect.scoped)
)

it.effect("more jobs than may wait are refused at once, and all others are answered in their order", () =>
  Effect.gen(function* () {
    const ask = yield* open({ waiting: { jobs: 3, characters: 1_000, refused: { lost: "full" } } })
    const answers = yield* Effect.all(
      Array.from({ length: 5 }, () => ask({ what: "answer" })),
      { concurrency: "unbounded" }
    )
    expect(answers.map(({ id, lost }) => id ?? lost)).toEqual([1, 2, 3, "full", "full"])
  }).pipe(Effect.scoped)
)

it.effect("jobs that are too long together are refused, and one alone is answered whatever its length", () =>
  Effect.gen(function* () {
    const ask = yield* open({ waiting: { jobs: 10, characters: 1_000, refused: { lost: "full" } } })
    const long = { what: "answer", text: "a".repeat(2_000) }
    const answers = yield* Effect.all([ask(long), ask(long)], { concurrency: "unbounded" })
    expect(answers.map(({ id, lost }) => id ?? lost)).toEqual([1, "full"])
    expect(yield* ask(long)).toMatchObject({ id: 3 })
  }).pipe(Effect.scoped)
)

it.effect.runIf(process.platform === "linux")(
  "a process that rests ends, and one is there for the next job",
  () =>
    Effect.gen(function* () {
      const ask = yield* open({ idleTimeout: "1 minute" })
      const { pid } = yield* ask({ what: "answer" })
      yield* TestClock.adjust("59 seconds")
      expect(isAlive(pid)).toBe(true)
      yield* TestClock.adjust("2 minutes")
      yield* eventually(
        Effect.sync(() => isAlive(pid)),
        (alive) => !alive
      )
      expect(yield* ask({ what: "answer" })).toMatchObject({ id: 2 })
    }).pipe(Effect.scoped)
)

it.effect.runIf(process.platform === "linux")("a process ends with its scope, also over a job", () =>
  Effect.gen(function* () {
    const pid = yield* Effect.gen(function* () {
      const ask = yield* open()
      const { pid } = yield* ask({ what: "answer" })
      yield* Effect.forkScoped(ask({ what: "hang" }))
      yield* Effect.yieldNow
      return pid
    }).pipe(Effect.scoped)
    expect(isAlive(pid)).toBe(false)
  })
)

/** What was logged about a program that does not start, until it was this often. */
const failuresOf = Effect.fnUntraced(function* (name: string, count: number, meanwhile: Effect.Effect<void>) {
  const said: Array<string> = []
  const troubles = {
    failed: ({ message }: { readonly message: string }) => Effect.sync(() => void said.push(message)),
    worked: () => Effect.void
  }
  const ask = yield* open({ file: new URL(name, import.meta.url) }).pipe(
    Effect.provideService(Troubles, troubles)
  )
  yield* Effect.forkChild(ask({ what: "answer" }))
  const look = Effect.map(meanwhile, () => said.length)
  yield* eventually(look, (length) => length >= count)
  return said.slice(0, count)
}, Effect.scoped)

it.effect("a process that does not start says why", () =>
  Effect.gen(function* () {
    expect(yield* failuresOf("./noProgram.ts", 1, Effect.void)).toEqual([
      "the process that is a test did not start, retrying: its exit code is 1"
    ])
  })
)

it.effect("a process that is slow to start gets twice as long after each failure", () =>
  Effect.gen(function* () {
    expect(yield* failuresOf("./muteProgram.ts", 3, TestClock.adjust("5 seconds"))).toEqual(
      ["10s", "20s", "40s"].map(
        (time) => `the process that is a test did not start, retrying: it took longer than ${time}`
      )
    )
  })
)
