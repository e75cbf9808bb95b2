/**
 * Evaluates the expressions of mappings in a process of their own. JSONata's own guards do not see a regular expression that
 * backtracks, a sort or a distinct of many values; and a thread that is out of memory takes the whole process with it. That
 * process has no secrets, may read nothing but its own program, write no file and start no program. It is started when it is first needed.
 */
import { Context, Deferred, Effect, Exit, Latch, Layer } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import {
  type Answer,
  bounds,
  isCostly,
  type Job,
  ready,
  type Result
} from "./internal/expressions/protocol.ts"
import { rights } from "./internal/expressions/rights.ts"

/**
 * Bounds, for one webhook, of all its expressions together: the processor's time in milliseconds, the memory in megabytes,
 * the characters of the results, the levels of nesting and of calls within calls, the values of a list.
 *
 * @category models
 * @since 0.1.0
 */
export const limits = bounds

/**
 * What the process is given before it has answered: it stays busy, its memory is for what it is at, and what it was given does
 * not keep it for much longer than so many milliseconds.
 */
const ahead = { jobs: 64, characters: 4_000_000, millis: 100 }

/** Milliseconds that a job takes, until some were evaluated. */
const usual = 12

/** Something that can't even be interrupted is ended from outside. */
const longestSilence = "10 seconds"

/**
 * The part of the evaluation that several jobs may have together.
 *
 * @category models
 * @since 0.1.0
 */
export interface Share {
  /** Told of each of its jobs how many milliseconds it took, and whether it cost the process. */
  readonly charge: (millis: number, isCostly: boolean) => void
  /** Whether its other jobs have to come again later. */
  readonly isUsedUp: () => boolean
}

/**
 * @category services
 * @since 0.1.0
 */
export class Expressions extends Context.Service<
  Expressions,
  {
    /**
     * What the expressions give for a body, or why they give nothing. Others wait while it is evaluated. Once its share is used
     * up, a job that is not under way yet is interrupted.
     */
    readonly evaluate: (job: Omit<Job, "id">, share?: Share) => Effect.Effect<Result>
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
  readonly share: Share | undefined
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
  /** Milliseconds that a job takes, of the last ones. */
  let pace = usual
  /** When the first of those that wait became the first. */
  let since = 0
  /** Node's own end, when memory is short. */
  let aborted = false
  /** It was ended because its last job had taken too long. */
  let retired = false

  const pump = () => {
    if (child === undefined) return
    const jobs = Math.min(ahead.jobs, Math.max(1, ahead.millis / pace))
    let characters = waiting.slice(0, sent).reduce((sum, { line }) => sum + line.length, 0)
    for (let next = waiting[sent]; next !== undefined; next = waiting[sent]) {
      characters += next.line.length
      if (sent > 0 && (suspects > 0 || sent >= jobs || characters > ahead.characters)) return
      child.stdin?.write(next.line)
      sent += 1
    }
  }

  /** Whatever is not with the process yet. */
  const giveBack = (share: Share) => {
    for (const [index, { answer, share: other }] of [...waiting.entries()].toReversed()) {
      if (index < sent || other !== share) continue
      waiting.splice(index, 1)
      Deferred.doneUnsafe(answer, Exit.interrupt())
    }
  }

  const end = (result: Result, took: number) => {
    const first = waiting.shift()
    sent = Math.max(0, sent - 1)
    suspects = Math.max(0, suspects - 1)
    answers += 1
    since = performance.now()
    if (first === undefined) return
    Deferred.doneUnsafe(first.answer, Exit.succeed(result))
    first.share?.charge(took, isCostly(result))
    if (first.share?.isUsedUp() === true) giveBack(first.share)
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
          since = performance.now()
        } else {
          const { took, ...answer }: Answer = JSON.parse(line)
          pace += (took - pace) / 5
          // What it left in memory would be cleared away in the next one's time, and what it was given comes to the next one.
          retired = isCostly(answer)
          if (retired) sent = 0
          end(answer, took)
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
      if (aborted || first.deaths > 1) {
        sent = 0
        end({ failed: { field: null, code: "TooBig", message: "" } }, performance.now() - since)
      }
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
    evaluate: Effect.fnUntraced(function* (job, share) {
      if (share?.isUsedUp() === true) return yield* Effect.interrupt
      const answer = yield* Deferred.make<Result>()
      const numbered = { ...job, id: ++lastId }
      waiting.push({ line: `${JSON.stringify(numbered)}\n`, answer, share, deaths: 0 })
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
