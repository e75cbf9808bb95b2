/**
 * A program in a process of its own that answers jobs, a line of JSON each, in their order. It is started for the first job,
 * started again when it ends over one, and ended with its scope. It has no environment, and may only read itself.
 */
import { Clock, Deferred, type Duration, Effect, Exit, Latch, Option, type Scope } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { monotonicUnsafe } from "../monotonic.ts"
import { waitAfter } from "../supervise.ts"
import { Troubles } from "../Troubles.ts"
import { rights } from "./rights.ts"
import { ready } from "./serve.ts"

/** How a process ended over a job: out of memory, without an answer for too long, or otherwise, such as by somebody else. */
export type End = "memory" | "silence" | "other"

/** The part of a process that several jobs may have together. */
export interface Share {
  /** Told of each of its jobs how many milliseconds it took, and whether it cost the process. */
  readonly charge: (millis: number, isCostly: boolean) => void
  /** Whether its other jobs have to come again later. */
  readonly isUsedUp: () => boolean
}

export interface Options<Answer> {
  /** For the log: "the process that …". */
  readonly purpose: string
  readonly file: URL
  /** The packages that the program imports, and the files outside of its own folder. */
  readonly imports: { readonly packages: ReadonlyArray<string>; readonly files: ReadonlyArray<URL> }
  /** In megabytes. */
  readonly memory: number
  /** What it is given before it has answered, so that it stays busy: no more jobs than take so many milliseconds. */
  readonly ahead: { readonly jobs: number; readonly characters: number; readonly millis?: number }
  /** A process that says nothing for longer than this is ended. */
  readonly longestSilence: Duration.Input
  /** A process without jobs is ended after this time. Default: never. */
  readonly longestRest?: Duration.Input | undefined
  /** More jobs than these are answered at once. Default: all of them wait. */
  readonly waiting?: { readonly jobs: number; readonly characters: number; readonly refused: Answer }
  /** The answer to a job over which so many processes ended. Undefined: another process tries it again. */
  readonly lost: (end: End, times: number) => Answer | undefined
  /** Whether another process takes the next job, because this one has much to clear away. */
  readonly retires?: (answer: Answer) => boolean
}

interface Waiting<Answer> {
  readonly line: string
  readonly answer: Deferred.Deferred<Answer>
  readonly share: Share | undefined
  /** Processes that ended over it. */
  ends: number
}

/** Some programs say how many milliseconds a job took. */
interface Took {
  readonly took?: number
}

/** Milliseconds that a job takes, until some were answered. */
const usual = 12

/** Starting takes longer than answering. */
const longestStart = "10 seconds"

export const make = Effect.fnUntraced(function* <Answer>(
  options: Options<Answer>
): Effect.fn.Return<(job: object, share?: Share) => Effect.Effect<Answer>, never, Scope.Scope> {
  const { ahead, lost, purpose, retires } = options
  const clock = yield* Clock.Clock
  const now = () => monotonicUnsafe(clock)
  /** In their order; the first `sent` are with the process. */
  const waiting: Array<Waiting<Answer>> = []
  const work = yield* Latch.make()
  let lastId = 0
  let sent = 0
  let characters = 0
  /** How many were with a process that ended: they are sent one by one, since any of them may have ended it. */
  let suspects = 0
  let answers = 0
  let child: ChildProcess | undefined
  /** Milliseconds that a job takes, of the last ones. */
  let pace = usual
  /** When the first of those that wait became the first. */
  let since = 0
  let end: End = "other"
  /** It was ended because its last job had left too much behind. */
  let retired = false

  const pump = () => {
    if (child === undefined) return
    const jobs = Math.min(ahead.jobs, Math.max(1, (ahead.millis ?? Infinity) / pace))
    let given = waiting.slice(0, sent).reduce((sum, { line }) => sum + line.length, 0)
    for (let next = waiting[sent]; next !== undefined; next = waiting[sent]) {
      given += next.line.length
      if (sent > 0 && (suspects > 0 || sent >= jobs || given > ahead.characters)) return
      child.stdin?.write(next.line)
      sent += 1
    }
  }

  /** Whatever is not with the process yet. */
  const giveBack = (share: Share) => {
    for (const [index, one] of [...waiting.entries()].toReversed()) {
      if (index < sent || one.share !== share) continue
      waiting.splice(index, 1)
      characters -= one.line.length
      Deferred.doneUnsafe(one.answer, Exit.interrupt())
    }
  }

  const finish = (answer: Answer, took: number) => {
    const first = waiting.shift()
    sent = Math.max(0, sent - 1)
    suspects = Math.max(0, suspects - 1)
    answers += 1
    since = now()
    if (first === undefined) return
    characters -= first.line.length
    // Before the answer: the waiting fiber resumes at once.
    first.share?.charge(took, retires?.(answer) ?? false)
    Deferred.doneUnsafe(first.answer, Exit.succeed(answer))
    if (first.share?.isUsedUp() === true) giveBack(first.share)
  }

  const start = Effect.acquireRelease(
    Effect.sync(() => launch(options)),
    stop
  )

  /** Until the process does not start, or has been silent for too long over a job, or without one. */
  const silent = Effect.fnUntraced(function* (born: Deferred.Deferred<void>) {
    if (Option.isNone(yield* Effect.timeoutOption(Deferred.await(born), longestStart))) return
    const { longestRest, longestSilence } = options
    for (;;) {
      const before = answers
      const isBusy = waiting.length > 0
      yield* Effect.sleep(isBusy ? longestSilence : (longestRest ?? longestSilence))
      if (answers !== before || isBusy !== waiting.length > 0) continue
      if (isBusy) end = "silence"
      if (isBusy || longestRest !== undefined) return
    }
  })

  /** One process, until it ends or has to be ended. Whether it came to life. */
  const life = Effect.gen(function* () {
    const started = yield* start
    const born = yield* Deferred.make<void>()
    let alive = false
    sent = 0
    end = "other"
    retired = false
    const ended = Effect.callback<void>((resume) => {
      let isOver = false
      const over = (_code?: unknown, signal?: unknown) => {
        isOver = true
        // Node's own end, when memory is short.
        if (signal === "SIGABRT") end = "memory"
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
          since = now()
          Deferred.doneUnsafe(born, Exit.void)
        } else {
          const answer: Answer & Took = JSON.parse(line)
          const { took = now() - since } = answer
          pace += (took - pace) / 5
          retired = retires?.(answer) ?? false
          // What it was given comes to the next one.
          if (retired) sent = 0
          finish(answer, took)
          if (retired) return over()
        }
        pump()
      })
    })
    yield* Effect.raceFirst(ended, silent(born))
    child = undefined
    return alive
  }).pipe(Effect.scoped)

  const blame = Effect.sync(() => {
    const [first] = waiting
    if (first === undefined || sent === 0 || retired) return
    if (sent > 1) suspects = sent
    else {
      first.ends += 1
      const answer = lost(end, first.ends)
      if (answer !== undefined) finish(answer, now() - since)
    }
    sent = 0
  })

  const troubles = yield* Troubles
  let failures = 0

  const lives = Effect.gen(function* () {
    yield* work.await
    const alive = yield* life
    if (alive) {
      failures = 0
      yield* troubles.worked(`the process that ${purpose}`)
      yield* blame
    } else {
      yield* troubles.failed({
        what: `the process that ${purpose}`,
        message: `the process that ${purpose} did not start, retrying`,
        over: `the process that ${purpose} has started`
      })
      yield* waitAfter(failures++)
    }
    if (waiting.length === 0) yield* work.close
  })
  yield* Effect.forkScoped(Effect.forever(lives))

  return Effect.fnUntraced(function* (job, share) {
    if (share?.isUsedUp() === true) return yield* Effect.interrupt
    const line = `${JSON.stringify({ ...job, id: ++lastId })}\n`
    const most = options.waiting
    if (
      most !== undefined &&
      waiting.length > 0 &&
      (waiting.length >= most.jobs || characters + line.length > most.characters)
    ) {
      return most.refused
    }
    const answer = yield* Deferred.make<Answer>()
    waiting.push({ line, answer, share, ends: 0 })
    characters += line.length
    yield* work.open
    pump()
    return yield* Deferred.await(answer)
  })
})

const launch = ({ file, memory, imports }: Pick<Options<unknown>, "file" | "memory" | "imports">) => {
  const path = fileURLToPath(file)
  const files = [serving, ...imports.files].map((url) => fileURLToPath(url))
  const flags = [`--max-old-space-size=${memory}`, ...rights(path, imports.packages, files)]
  return spawn(process.execPath, [...flags, path], {
    env: {},
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true
  })
}

/** A file beside a module, with the extension of the module: source, or built. */
export const beside = (name: string, module: string): URL => new URL(`./${name}${module.slice(-3)}`, module)

const serving = beside("serve", import.meta.url)

const stop = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
