/**
 * Runs a program in a child process that answers jobs in order, one line of JSON each. It starts for the first job,
 * restarts if it ends during one, and stops with its scope. It has no environment, and may only read itself.
 */
import { Clock, Deferred, Duration, Effect, Exit, Latch, Option, type Scope } from "effect"
import { spawn, type ChildProcess } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { monotonicUnsafe } from "../monotonic.ts"
import { waitAfter } from "../supervise.ts"
import { Troubles } from "../Troubles.ts"
import { rights } from "./rights.ts"
import { ready } from "./serve.ts"

/** How a process ended: out of memory, no answer for too long, or otherwise, for example by a signal. */
export type End = "memory" | "silence" | "other"

/** A part of the process time that several jobs share. */
export interface Share {
  /** Called for each job with its milliseconds, and whether it cost the process. */
  readonly charge: (millis: number, isCostly: boolean) => void
  /** Whether the remaining jobs must wait for a later turn. */
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
  /**
   * Jobs that the process receives before it has answered, so that it stays busy: at most as many as take this many
   * milliseconds.
   */
  readonly ahead: { readonly jobs: number; readonly characters: number; readonly millis?: number }
  /** A process that sends nothing for longer than this is ended. */
  readonly answerTimeout: Duration.Input
  /** A process without jobs ends after this time. Default: never. */
  readonly idleTimeout?: Duration.Input | undefined
  /** The maximum number of waiting jobs, and the answer to further ones. Default: unlimited. */
  readonly waiting?: { readonly jobs: number; readonly characters: number; readonly refused: Answer }
  /** The answer to a job during which this many processes ended. Undefined: another process retries it. */
  readonly lost: (end: End, times: number) => Answer | undefined
  /** Whether another process takes the next job, because this one must free too much memory. */
  readonly retires?: (answer: Answer) => boolean
}

interface Waiting<Answer> {
  readonly line: string
  readonly answer: Deferred.Deferred<Answer>
  readonly share: Share | undefined
  /** Processes that ended during it. */
  ends: number
}

/** Some programs report how many milliseconds a job took. */
interface Took {
  readonly took?: number
}

/** Milliseconds per job, until some were answered. */
const usual = 12

/** The longest start, which takes longer than an answer: twice as long after each failure, because the machine may be busy. */
const startTimeout = (failures: number) =>
  Duration.min(Duration.times(Duration.seconds(10), 2 ** failures), Duration.minutes(2))

export const make = Effect.fnUntraced(function* <Answer>(
  options: Options<Answer>
): Effect.fn.Return<(job: object, share?: Share) => Effect.Effect<Answer>, never, Scope.Scope> {
  const { ahead, lost, purpose, retires } = options
  const clock = yield* Clock.Clock
  const now = () => monotonicUnsafe(clock)
  /** In order. The process has received the first `sent` of them. */
  const waiting: Array<Waiting<Answer>> = []
  const work = yield* Latch.make()
  let lastId = 0
  let sent = 0
  let characters = 0
  /** Jobs that a process had received when it ended. They are sent one by one, because any of them may be the cause. */
  let suspects = 0
  let answers = 0
  let child: ChildProcess | undefined
  /** Milliseconds per job, of recent jobs. */
  let pace = usual
  /** When the first waiting job became the first. */
  let since = 0
  let end: End = "other"
  /** Whether the process was ended because its last job used too much memory. */
  let retired = false
  /** Processes in a row that did not start. */
  let failures = 0

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

  /** Interrupts the jobs of a share that the process has not received. */
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
    // Before the answer, because the waiting fiber resumes immediately.
    first.share?.charge(took, retires?.(answer) ?? false)
    Deferred.doneUnsafe(first.answer, Exit.succeed(answer))
    if (first.share?.isUsedUp() === true) giveBack(first.share)
  }

  const start = Effect.acquireRelease(
    Effect.sync(() => launch(options)),
    stop
  )

  /** Completes when the process does not start, or was silent for too long. */
  const silent = Effect.fnUntraced(function* (born: Deferred.Deferred<void>) {
    if (Option.isNone(yield* Effect.timeoutOption(Deferred.await(born), startTimeout(failures)))) return
    const { idleTimeout, answerTimeout } = options
    for (;;) {
      const before = answers
      const isBusy = waiting.length > 0
      yield* Effect.sleep(isBusy ? answerTimeout : (idleTimeout ?? answerTimeout))
      if (answers !== before || isBusy !== waiting.length > 0) continue
      if (isBusy) end = "silence"
      if (isBusy || idleTimeout !== undefined) return
    }
  })

  /** Runs one process until it ends. Returns whether it started, and why it ended. */
  const life = Effect.gen(function* () {
    const started = yield* start
    const born = yield* Deferred.make<void>()
    let alive = false
    sent = 0
    end = "other"
    retired = false
    let cause = `it took longer than ${Duration.format(startTimeout(failures))}`
    const ended = Effect.callback<void>((resume) => {
      let isOver = false
      const over = (code?: unknown, signal?: unknown) => {
        isOver = true
        if (code instanceof Error) cause = code.message
        else cause = typeof signal === "string" ? `it was ended by ${signal}` : `its exit code is ${code}`
        // Node aborts when it is out of memory.
        if (signal === "SIGABRT") end = "memory"
        resume(Effect.void)
      }
      started.once("exit", over).once("error", over)
      started.stdin?.on("error", () => {})
      if (started.stdout === null) return over()
      createInterface({ input: started.stdout }).on("line", (line) => {
        // The next process repeats these jobs.
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
          // The next process gets the jobs that this one received.
          if (retired) sent = 0
          finish(answer, took)
          if (retired) return over()
        }
        pump()
      })
    })
    yield* Effect.raceFirst(ended, silent(born))
    child = undefined
    return { alive, cause }
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

  const lives = Effect.gen(function* () {
    yield* work.await
    const { alive, cause } = yield* life
    if (alive) {
      failures = 0
      yield* troubles.worked(`the process that ${purpose}`)
      yield* blame
    } else {
      yield* troubles.failed({
        what: `the process that ${purpose}`,
        message: `the process that ${purpose} did not start, retrying: ${cause}`,
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

/** A file next to a module, with the module's extension: source or built. */
export const beside = (name: string, module: string): URL => new URL(`./${name}${module.slice(-3)}`, module)

const serving = beside("serve", import.meta.url)

const stop = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null)
      return resume(Effect.void)
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })
