/**
 * What goes wrong again and again, in a few lines: one when it begins, one a minute while it lasts, one when it is over.
 * Everything that waits for the same cause, such as a database that is gone, is one trouble.
 */
import { Cause, Clock, Context, Duration, Effect, type LogLevel } from "effect"
import { SqlError } from "effect/sql"
import { InboxUnavailable } from "../ports/Inbox.ts"
import { monotonicUnsafe } from "./monotonic.ts"

/**
 * A failure of something that will be tried again.
 *
 * @category models
 */
export interface Failure {
  /** What failed; `worked` takes it back. */
  readonly what: string
  /** Failures with the same cause are one trouble. Default: `what` is a trouble of its own. */
  readonly cause?: string | undefined
  /** One sentence, without data. */
  readonly message: string
  /** What is logged when nothing fails any more. */
  readonly over: string
  /** Default: Error. */
  readonly level?: LogLevel.Severity | undefined
  /** Annotations of the log lines. Default: none. */
  readonly annotations?: Readonly<Record<string, string>> | undefined
  /** Whether it is not tried again soon, so that the trouble is over without it. Default: no. */
  readonly isOnce?: boolean | undefined
  /** Of a fault in the program: its stack is logged when the trouble begins. */
  readonly defect?: Cause.Cause<unknown> | undefined
}

/**
 * Logs what fails again and again in a few lines.
 *
 * @category models
 */
export interface Troubles {
  /** Counts a failure, and logs it when a trouble begins or a minute has passed. */
  readonly failed: (failure: Failure) => Effect.Effect<void>
  /** To be called when it has worked: costs nothing while nothing fails. */
  readonly worked: (what: string) => Effect.Effect<void>
}

/**
 * Default: one for the whole process, which suits a process with one relay.
 *
 * @category services
 */
export const Troubles = Context.Reference<Troubles>("@usher/engine/Troubles", { defaultValue: () => make() })

interface Trouble {
  readonly since: number
  readonly over: string
  readonly annotations: Readonly<Record<string, string>>
  /** What fails and is tried again soon, and when it failed last. */
  readonly failing: Map<string, number>
  /** All that has failed: what works again later may find that the trouble is over. */
  readonly seen: Set<string>
  failures: number
  saidAt: number
}

/** In milliseconds. */
const minute = 60_000

/** Lines of one trouble that begins and ends again and again; then its next line is that of the minute. */
const linesInMinute = 6

/**
 * With no trouble yet.
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
            // Nobody has tried the others again: requests come when they come.
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

/** Characters of a reason. */
const longest = 300

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").trim().slice(0, longest)

/**
 * The failure of a loop or a request, as the trouble that it is.
 *
 * @category constructors
 */
export const ofCause = (what: string, cause: Cause.Cause<unknown>): Failure => {
  const error = Cause.squash(cause)
  if (error instanceof InboxUnavailable) return ofDatabase(what, error)
  if (SqlError.isSqlError(error)) return ofDatabase(what, new InboxUnavailable({ cause: error }))
  // What is waited for in these loops is the database.
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
 * Runs what may fail without harm, such as upkeep that comes again; a failure is a trouble, which the next success ends.
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
