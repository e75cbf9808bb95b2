/**
 * Evaluates the expressions of mappings in a process of their own. JSONata's own guards do not see a regular expression that
 * backtracks, a sort or a distinct of many values; and a thread that is out of memory takes the whole process with it. That
 * process has no secrets, may read nothing but its own program, write no file and start no program. It is started when it is first needed.
 */
import { Context, Deferred, Effect, Exit, Latch, Layer } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { type Answer, bounds, type Job, ready, type Result } from "./internal/expressions/protocol.ts"
import { rights } from "./internal/expressions/rights.ts"

/**
 * Bounds, for one webhook, of all its expressions together: the processor's time in milliseconds, the memory in megabytes,
 * the characters of the results, the levels of nesting and of calls within calls, the values of a list.
 *
 * @category models
 * @since 0.1.0
 */
export const limits = bounds

/** What the process is given before it has answered: it stays busy, and its memory is for what it is at. */
const ahead = { jobs: 64, characters: 4_000_000 }

/** Something that can't even be interrupted is ended from outside. */
const longestSilence = "10 seconds"

/**
 * @category services
 * @since 0.1.0
 */
export class Expressions extends Context.Service<
  Expressions,
  {
    /** What the expressions give for a body, or why they give nothing. Others wait while it is evaluated. */
    readonly evaluate: (job: Omit<Job, "id">) => Effect.Effect<Result>
  }
>()("@usher/engine/Expressions") {
  static readonly layer: Layer.Layer<Expressions> = Layer.effect(
    this,
    Effect.suspend(() => make)
  )
}

interface Waiting {
  readonly line: string
  readonly answer: Deferred.Deferred<Result>
  /** Processes that ended over it. */
  deaths: number
}

const make = Effect.gen(function* () {
  /** In their order; the first `sent` are with the process. */
  const waiting: Array<Waiting> = []
  const work = yield* Latch.make()
  let lastId = 0
  let sent = 0
  /** How many were with a process that ended: they are sent one by one, since any of them may have ended it. */
  let suspects = 0
  let answers = 0
  let child: ChildProcess | undefined
  /** Node's own end, when memory is short. */
  let aborted = false
  /** It was ended because its last job had taken too long. */
  let retired = false

  const pump = () => {
    if (child === undefined) return
    let characters = waiting.slice(0, sent).reduce((sum, { line }) => sum + line.length, 0)
    for (let next = waiting[sent]; next !== undefined; next = waiting[sent]) {
      characters += next.line.length
      if (sent > 0 && (suspects > 0 || sent >= ahead.jobs || characters > ahead.characters)) return
      child.stdin?.write(next.line)
      sent += 1
    }
  }

  const end = (result: Result) => {
    const first = waiting.shift()
    sent = Math.max(0, sent - 1)
    suspects = Math.max(0, suspects - 1)
    answers += 1
    if (first !== undefined) Deferred.doneUnsafe(first.answer, Exit.succeed(result))
  }

  const start = Effect.acquireRelease(Effect.sync(launch), stop)

  /** One process, until it ends or has to be ended. Whether it came to life. */
  const life = Effect.gen(function* () {
    const started = yield* start
    let alive = false
    sent = 0
    aborted = false
    retired = false
    const ended = Effect.callback<void>((resume) => {
      let isOver = false
      const over = (_code?: unknown, signal?: unknown) => {
        isOver = true
        aborted = signal === "SIGABRT"
        resume(Effect.void)
      }
      started.once("exit", over).once("error", over)
      started.stdin?.on("error", () => {})
      if (started.stdout === null) return over()
      createInterface({ input: started.stdout }).on("line", (line) => {
        // What it still says is asked again of the next one.
        if (isOver) return
        if (!alive) {
          alive = line === ready
          child = started
        } else {
          const answer: Answer = JSON.parse(line)
          end(answer)
          // What it left in memory would be cleared away in the next one's time.
          retired = "failed" in answer && answer.failed.code === "TooSlow"
          if (retired) return over()
        }
        pump()
      })
    })
    const silent: Effect.Effect<void> = Effect.gen(function* () {
      let before = -1
      while (waiting.length === 0 || answers !== before) {
        before = answers
        yield* Effect.sleep(longestSilence)
      }
    })
    yield* Effect.raceFirst(ended, silent)
    child = undefined
    return alive
  }).pipe(Effect.scoped)

  const blame = Effect.gen(function* () {
    const [first] = waiting
    if (first === undefined || sent === 0 || retired) return
    if (sent > 1) suspects = sent
    else {
      first.deaths += 1
      // Otherwise it may have been ended by somebody else.
      if (aborted || first.deaths > 1) end({ failed: { field: null, code: "TooBig", message: "" } })
    }
    sent = 0
  })

  const lives = Effect.gen(function* () {
    yield* work.await
    const alive = yield* life
    if (alive) yield* blame
    else {
      yield* Effect.logError(
        "the process that evaluates expressions did not start; it is tried again in a second"
      )
      yield* Effect.sleep("1 second")
    }
    if (waiting.length === 0) yield* work.close
  })
  yield* Effect.forkScoped(Effect.forever(lives))

  return Expressions.of({
    evaluate: Effect.fnUntraced(function* (job) {
      const answer = yield* Deferred.make<Result>()
      const numbered = { ...job, id: ++lastId }
      waiting.push({ line: `${JSON.stringify(numbered)}\n`, answer, deaths: 0 })
      yield* work.open
      pump()
      return yield* Deferred.await(answer)
    })
  })
})

/** The same kind of file as this one: a source, or what was built of it. */
const program = new URL(`./internal/expressions/child${import.meta.url.slice(-3)}`, import.meta.url)

const launch = () =>
  spawn(
    process.execPath,
    [`--max-old-space-size=${limits.memory}`, ...rights(fileURLToPath(program)), fileURLToPath(program)],
    { env: {}, stdio: ["pipe", "pipe", "ignore"], windowsHide: true }
  )

const stop = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
