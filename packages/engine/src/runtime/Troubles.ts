/**
 * Logs repeated failures in a few lines: one when the trouble starts, one per minute while it lasts, and one when it
 * ends. Failures with a common cause, such as an unreachable database, are one trouble.
 */
import { Cause, Clock, Context, Duration, Effect, type LogLevel } from "effect"
import { SqlError } from "effect/sql"
import { InboxUnavailable } from "../ports/Inbox.ts"
import { monotonicUnsafe } from "./monotonic.ts"

/**
 * A failure of an operation that is retried.
 *
 * @category models
 */
export interface Failure {
  /** The name of the operation. `worked` clears it. */
  readonly what: string
  /** Failures with the same cause are one trouble. Default: the name of the operation. */
  readonly cause?: string | undefined
  /** One sentence, without data. */
  readonly message: string
  /** The log line when the trouble ends. */
  readonly over: string
  /** Default: Error. */
  readonly level?: LogLevel.Severity | undefined
  /** Annotations of the log lines. Default: none. */
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** Whether the operation is not retried soon, so that the trouble can end without it. Default: false. */
  readonly isOnce?: boolean | undefined
  /** The cause of a defect in the program. Its stack is logged when the trouble starts. */
  readonly defect?: Cause.Cause<unknown> | undefined
}

/**
 * Logs repeated failures in a few lines.
 *
 * @category models
 */
export interface Troubles {
  /** Counts a failure. Logs it when a trouble starts or a minute has passed. */
  readonly failed: (failure: Failure) => Effect.Effect<void>
  /** Reports that an operation succeeded. Costs nothing while nothing fails. */
  readonly worked: (what: string) => Effect.Effect<void>
}

/**
 * The troubles of the process. Default: one for the whole process, which suits a process with one relay.
 *
 * @category services
 */
export const Troubles = Context.Reference<Troubles>("@usher/engine/Troubles", { defaultValue: () => make() })

interface Trouble {
  readonly since: number
  readonly over: string
  readonly annotations: Readonly<Record<string, string>>
  /** Failing operations that are retried soon, and when they failed last. */
  readonly failing: Map<string, number>
  /** All operations that have failed. A later success of one can end the trouble. */
  readonly seen: Set<string>
  failures: number
  saidAt: number
}

/** In milliseconds. */
const minute = 60_000

/** Lines of one trouble that starts and ends repeatedly. Then the next line is that of the minute. */
const linesInMinute = 6

/**
 * Makes a log without troubles.
 *
 * @category constructors
 */
export const make = (): Troubles => {
  const troubles = new Map<string, Trouble>()
  const lines = new Map<string, { readonly from: number; count: number }>()

  const mayBegin = (cause: string, now: number) => {
    const lately = lines.get(cause)
    if (lately !== undefined && now - lately.from < minute) return ++lately.count <= linesInMinute
    lines.set(cause, { from: now, count: 1 })
    return true
  }

  const begin = (failure: Failure, cause: string, now: number) => {
    const { over, annotations = {} } = failure
    const isSaid = mayBegin(cause, now)
    const saidAt = isSaid ? now : (lines.get(cause)?.from ?? now)
    troubles.set(cause, {
      since: now,
      over,
      annotations,
      failing: new Map(),
      seen: new Set(),
      failures: 0,
      saidAt
    })
    return isSaid
  }

  const failed = (failure: Failure) =>
    Clock.clockWith((clock) => {
      const { what, cause = what, message, level = "Error", annotations = {}, defect } = failure
      const now = monotonicUnsafe(clock)
      const isNew = !troubles.has(cause) && begin(failure, cause, now)
      const trouble = troubles.get(cause)
      if (trouble === undefined) return Effect.void
      trouble.failures++
      trouble.seen.add(what)
      if (failure.isOnce !== true) trouble.failing.set(what, now)
      if (isNew) {
        const log = Effect.logWithLevel(level)(...(defect === undefined ? [message] : [message, defect]))
        return Effect.annotateLogs(log, annotations)
      }
      if (now - trouble.saidAt < minute) return Effect.void
      trouble.saidAt = now
      return Effect.annotateLogs(Effect.logWithLevel(level)(`${message}, still`), {
        ...annotations,
        for: lengthOf(now - trouble.since),
        failures: trouble.failures,
        waiting: [...trouble.seen].join(", ")
      })
    })

  const worked = (what: string): Effect.Effect<void> =>
    troubles.size === 0
      ? Effect.void
      : Clock.clockWith((clock) => {
          const now = monotonicUnsafe(clock)
          const ended: Array<Trouble> = []
          for (const [cause, trouble] of troubles) {
            if (!trouble.seen.has(what)) continue
            trouble.failing.delete(what)
            // The others have not been retried yet: requests arrive irregularly.
            const isQuiet = [...trouble.failing.values()].every((last) => now - last >= minute)
            if (!isQuiet) continue
            troubles.delete(cause)
            if (mayEnd(cause, now)) ended.push(trouble)
          }
          return Effect.forEach(
            ended,
            ({ over, since, failures, annotations }) =>
              Effect.annotateLogs(Effect.logInfo(over), {
                ...annotations,
                for: lengthOf(now - since),
                failures
              }),
            { discard: true }
          )
        })

  const mayEnd = (cause: string, now: number) => {
    const lately = lines.get(cause)
    if (lately === undefined || now - lately.from >= minute) return true
    return ++lately.count <= linesInMinute
  }

  return { failed, worked }
}

const lengthOf = (millis: number) =>
  Duration.format(Duration.seconds(Math.max(1, Math.round(millis / 1_000))))

/** The maximum number of characters of a reason. */
const longest = 300

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim().slice(0, longest)

/**
 * Turns the failure of a loop or a request into a trouble.
 *
 * @category constructors
 */
export const ofCause = (what: string, cause: Cause.Cause<unknown>): Failure => {
  const error = Cause.squash(cause)
  if (error instanceof InboxUnavailable) return ofDatabase(what, error)
  if (SqlError.isSqlError(error)) return ofDatabase(what, new InboxUnavailable({ cause: error }))
  // These loops only wait for the database.
  if (Cause.isTimeoutError(error)) return ofDatabase(what, noAnswer)
  const reason = oneLine(error instanceof Error ? error.message : String(error))
  return {
    what,
    message: `${what} failed, retrying: ${reason}`,
    over: `${what} works again`,
    ...(Cause.hasDies(cause) ? { defect: cause } : {})
  }
}

/**
 * Runs an operation that may fail, such as regular upkeep. A failure is a trouble, and the next success ends it.
 *
 * @category combinators
 */
export const attempt = <A, E, R>(what: string, self: Effect.Effect<A, E, R>): Effect.Effect<void, never, R> =>
  Effect.flatMap(Troubles, ({ failed, worked }) =>
    self.pipe(
      Effect.andThen(Effect.suspend(() => worked(what))),
      Effect.catchCause((cause) => failed({ ...ofCause(what, cause), isOnce: true }))
    )
  )

const noAnswer = new InboxUnavailable({ cause: { message: "no response" } })

const ofDatabase = (what: string, { message }: InboxUnavailable): Failure => ({
  what,
  cause: "database",
  message: oneLine(message),
  over: "The database can be used again"
})
