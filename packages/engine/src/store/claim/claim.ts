/** Claims calls for a Spot: those that the budget allows, with leases on their invitations. */
import { Clock, DateTime, Duration, Effect } from "effect"
import type { SqlError } from "effect/sql"
import { type Claimed, type ClaimOptions, LeadershipLost, type ReleaseOptions } from "../../ports/Claiming.ts"
import type { Claim } from "../../ports/Claiming.ts"
import { monotonic } from "../../runtime/monotonic.ts"
import { locking } from "../rows/locks.ts"
import { ensureSpot, onPostgres, type Store, wholeMillis } from "../rows/store.ts"
import { type Reading, timing } from "../rows/timeline.ts"
import { retried, transaction, toInboxUnavailable } from "../rows/transaction.ts"
import { isHeld, type SpotRow } from "../spots/spotRow.ts"
import { allotting } from "./allotting.ts"
import { following } from "./following.ts"
import { maxProbeInterval } from "./retiming.ts"
import { type DueRow, sweepSize, timeAt, promoting } from "./promoting.ts"

/** The shortest time between two probes of a Spot whose key the upstream refuses. */
const minProbeInterval = 60_000

/** One step of a claim. */
interface Step extends Claimed {
  /** Whether the next step would find nothing. */
  readonly isAtEnd: boolean
}

export const claiming = (store: Store) => {
  const { sql, random, isDatabaseClock } = store
  const lock = onPostgres(sql, "FOR UPDATE")
  const { toChange } = locking(sql)
  const { dueTimes, dueColumns, dueTimesOf, sweepExpired, waitOn, promote } = promoting(store)
  const allot = allotting(store)
  const { read } = timing(sql, isDatabaseClock)
  const { timeOf, glance, steadyTimeOf } = following(store)

  /** Locks the Spot. Fails if another relay leads it. */
  const open = ({ spot, term }: ClaimOptions) =>
    opened(spot, term, sql<SpotRow>`SELECT * FROM spots WHERE name = ${spot} ${lock}`)

  const opened = Effect.fnUntraced(function* <A extends SpotRow>(
    spot: string,
    term: number | undefined,
    look: Effect.Effect<ReadonlyArray<A>, SqlError.SqlError>
  ) {
    let [state] = yield* look
    if (state === undefined) {
      yield* ensureSpot(sql, spot)
      ;[state] = yield* look
    }
    if (state === undefined) return yield* Effect.die("a row that was just inserted is there")
    if (term !== undefined && state.term !== term) return yield* new LeadershipLost({ spot })
    return state
  })

  /**
   * Defers invitations whose answers are known but not stored yet. Leases stay, and rows that another relay made ready
   * wait. Settling them works, on time or late, as usual.
   */
  const defer = (ids: ReadonlyArray<string>, now: number, until: number) =>
    sql`WITH locked AS MATERIALIZED (SELECT id FROM invitations WHERE ${sql.in("id", ids)}
        AND (state = 'available' OR (state = 'scheduled' AND due_at <= ${now})) ORDER BY id ${toChange})
      UPDATE invitations SET state = 'scheduled', due_at = ${until} WHERE id IN (SELECT id FROM locked)`

  const decide = Effect.fnUntraced(function* (
    options: ClaimOptions,
    now: number,
    since: number,
    due: Effect.Success<ReturnType<typeof dueTimes>>
  ) {
    const { spot, lease, batchSize = 1, except = [], sizeOf } = options
    const state = yield* open(options)
    const { paused_at, max_batch_size } = state
    if (except.length > 0) yield* defer(except, now, now + wholeMillis(lease))
    const expired = due.expiring > now ? 0 : yield* sweepExpired(spot, now)
    const waiting = due.waiting > now || !isHeld(state, now) ? 0 : yield* waitOn(spot, now)
    const promoted = due.waiting > now || waiting === sweepSize ? 0 : yield* promote(spot, now)
    const isSwept = Math.max(expired, waiting, promoted) < sweepSize
    const heldUntil = holdOf(state)
    if (heldUntil > now) return nothing(heldUntil, isSwept)

    const isCooling = state.refusals > 0
    const isProbe = paused_at !== null || isCooling
    const members = paused_at !== null ? 1 : Math.min(batchSize, max_batch_size ?? batchSize)
    const terms = { spot, now, lease, members, sizeOf, token: yield* random.ulid }
    const { calls, freesAt, isAtEnd, isDrained } = yield* allot(
      options,
      terms,
      isProbe ? Math.min(1, options.calls) : options.calls,
      {
        now,
        since
      }
    )
    if (isCooling && calls.length > 0) {
      yield* sql`UPDATE spots SET probing_until = ${now + wholeMillis(lease)} WHERE name = ${spot}`
    }
    if (paused_at !== null && calls.length > 0) {
      const wait = Math.min(Duration.toMillis(maxProbeInterval), Math.max(minProbeInterval, now - paused_at))
      yield* sql`UPDATE spots SET probe_at = ${now + wait} WHERE name = ${spot}`
    }
    const leasesEnd = calls.length === 0 ? Infinity : now + wholeMillis(lease)
    const claimed: Step = {
      calls,
      next: timeAt(Math.min(freesAt, leasesEnd, ...[due.waiting, due.expiring].filter((time) => time > now))),
      isProbe,
      isDrained: isDrained && !isProbe && due.waiting > now && due.expiring > now,
      isAtEnd: isSwept && isAtEnd
    }
    return claimed
  }, transaction(sql))

  /**
   * Locks the Spot for a claim within another transaction, and tells whether a claim may follow. It may not if the clock
   * was changed, if rows have to be promoted or expired first, or if the Spot is held up, probed, or led by another
   * relay.
   */
  const enter = Effect.fnUntraced(
    function* (options: ClaimOptions) {
      const { spot, term } = options
      const asked = yield* monotonic
      const state = yield* opened(
        spot,
        term,
        sql<SpotRow & DueRow>`SELECT spots.*, ${dueColumns(spot)} FROM spots WHERE name = ${spot} ${lock}`
      )
      const first = dueTimesOf(state)
      const reading = yield* read(first.now, asked)
      const now = steadyTimeOf(options, reading)
      const isFree =
        now !== undefined &&
        Math.min(first.waiting, first.expiring) > now &&
        holdOf(state) <= now &&
        state.paused_at === null &&
        state.refusals === 0
      return isFree ? { options, largest: state.max_batch_size, now, since: reading.from } : undefined
    },
    Effect.catchTag("LeadershipLost", () => Effect.undefined)
  )

  /** Claims after `enter` in the same transaction. */
  const claimWithin = Effect.fnUntraced(function* ({ options, largest, now, since }: Entered) {
    const { spot, lease, batchSize = 1, sizeOf } = options
    const members = Math.min(batchSize, largest ?? batchSize)
    const terms = { spot, now, lease, members, sizeOf, token: yield* random.ulid }
    const { calls, isDrained } = yield* allot(options, terms, options.calls, { now, since })
    const claimed: Claimed = { calls, next: undefined, isProbe: false, isDrained }
    return claimed
  })

  const step = Effect.fnUntraced(function* (options: ClaimOptions) {
    const asked = yield* monotonic
    const first = yield* dueTimes(options.spot)
    const reading = yield* read(first.now, asked)
    const now = yield* timeOf(options, reading, open(options))
    // The heads were read before the stored times changed.
    if (now === undefined) return nothing(Infinity, false)
    const next = Math.min(first.ready, first.waiting, first.expiring)
    const isIdle = first.ready === Infinity && next > now
    const step = isIdle ? nothing(next, true) : yield* decide(options, now, reading.from, first)
    return { ...step, next: toSystem(step.next, reading, now) }
  })

  const nextDue = Effect.fnUntraced(function* (spot: string) {
    const asked = yield* monotonic
    const first = yield* dueTimes(spot)
    const reading = yield* read(first.now, asked)
    return toSystem(
      timeAt(Math.min(first.ready, first.waiting, first.expiring)),
      reading,
      glance(spot, reading)
    )
  })

  /** Repeats steps until there is something to send or nothing left to look through, so that other work runs in between. */
  const claim = (options: ClaimOptions): ReturnType<typeof step> =>
    Effect.filterOrElse(
      step(options),
      (step) => step.calls.length > 0 || step.isAtEnd,
      () => Effect.andThen(Effect.yieldNow, claim(options))
    )

  const release = Effect.fnUntraced(function* (claim: Claim, { isCalled = false }: ReleaseOptions = {}) {
    const now = yield* Clock.currentTimeMillis
    const released = yield* retried(sql`UPDATE invitations
      SET status = 'pending', state = 'available', lease_token = NULL, due_at = ${now}, attempts = ${claim.attempt - 1}
        ${sql.literal(isCalled ? ", lost_lease_token = lease_token" : "")}
      WHERE id = ${claim.id} AND lease_token = ${claim.leaseToken} RETURNING id`)
    return released.length > 0
  })

  return {
    within: { enter, claim: claimWithin },
    claim: (options: ClaimOptions) => toInboxUnavailable(claim(options)),
    nextDue: (spot: string) => toInboxUnavailable(nextDue(spot)),
    release: (claim: Claim, options?: ReleaseOptions) => toInboxUnavailable(release(claim, options))
  }
}

/** A claim within another transaction. */
export type Within = ReturnType<typeof claiming>["within"]

/** What a claim needs to know after `enter`. */
export interface Entered {
  readonly options: ClaimOptions
  /** The most members in one call; null if the upstream has set no limit. */
  readonly largest: number | null
  readonly now: number
  readonly since: number
}

/** The earliest time at which a Spot may send again. */
const holdOf = ({ cooldown_until, probing_until, paused_at, probe_at }: SpotRow): number =>
  Math.max(cooldown_until, probing_until ?? 0, paused_at === null ? 0 : (probe_at ?? Infinity))

/** Converts a time of the Spot to the system's clock. */
const toSystem = (time: DateTime.Utc | undefined, { system }: Reading, now: number) =>
  time === undefined ? undefined : DateTime.add(time, { milliseconds: system - now })

const nothing = (next: number, isAtEnd: boolean): Step => ({
  calls: [],
  next: timeAt(next),
  isProbe: false,
  isDrained: isAtEnd,
  isAtEnd
})
