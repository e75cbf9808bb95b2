/** Chooses the Lives that are read from the upstream, reserves the calls, and stores the answers. */
import { Clock, Duration, Effect } from "effect"
import * as Budget from "../../ports/Budget.ts"
import type { LiveCatalog, Reading, ReadOptions } from "../../ports/LiveCatalog.ts"
import { monotonic } from "../../runtime/monotonic.ts"
import { promoting } from "../claim/promoting.ts"
import { reservations } from "../claim/reservations.ts"
import { movingDeadlines } from "./deadlines.ts"
import * as rows from "../rows/rows.ts"
import { ensureSpot, millis, never, onPostgres, type Store, text, wholeMillis } from "../rows/store.ts"
import { timing } from "../rows/timeline.ts"
import { retried, toInboxUnavailable, transaction } from "../rows/transaction.ts"
import { isHeld, type SpotRow } from "../spots/spotRow.ts"

/** A Live that has not ended may get another title or another beginning. */
const hourly = Duration.toMillis("1 hour")

/** A Live that has ended rarely changes. */
const weekly = Duration.toMillis("7 days")

/** When to try again if the relay ended during a call. */
const lost = Duration.toMillis("10 minutes")

/** A longer title is cut, in UTF-16 code units. */
const maxTitle = 1_000

/** A blank title names nothing, like an unknown one. */
const titleOf = (title: string) =>
  title.trim() === "" ? null : text(title.slice(0, maxTitle).toWellFormed())

/** Lives that are due, at most, among which one is sought with which invitations expire. */
const maxDue = 500

interface Due {
  readonly liveId: string
  readonly awaited: number | boolean
}

type Reads = Pick<LiveCatalog["Service"], "next" | "store">

export const readingLives = (store: Store): Reads => {
  const { sql, signals, events, isDatabaseClock } = store
  const { dueTimes } = promoting(store)
  const { ask, questions, ledgerOf, insert } = reservations(sql)
  const { at: timeOf } = timing(sql, isDatabaseClock)
  const lock = onPostgres(sql, "FOR UPDATE")
  const moveDeadlines = movingDeadlines(sql)

  const reserve = Effect.fnUntraced(function* (
    { spot, budget, lease }: ReadOptions,
    isAwaited: boolean,
    now: number
  ) {
    if (budget === undefined) return { reservation: null }
    const margin = wholeMillis(lease)
    const since = yield* monotonic
    const ledger = ledgerOf(budget, margin, yield* ask(questions(spot, budget, now, margin)))
    // Live sign-ups may wait for the answer, also during an import that uses its whole lane.
    const lane = isAwaited ? "live" : "import"
    if (Budget.room(lane, ledger.usages, budget.shares, () => true) === 0) return undefined
    if (!isAwaited && !isHalfFree(ledger.usages)) return undefined
    const [reservation = null] = yield* insert(spot, [rows.laneNumbers[lane]], ledger.numbers, {
      now,
      endsAt: now + margin,
      since
    })
    return { reservation }
  })

  /** Locks the Spot, as a claim does: both reserve calls. */
  const isOpen = Effect.fnUntraced(function* (spot: string, now: number) {
    yield* ensureSpot(sql, spot)
    const [state] = yield* sql<SpotRow>`SELECT * FROM spots WHERE name = ${spot} ${lock}`
    return state !== undefined && !isHeld(state, now)
  })

  const isIdle = (spot: string, now: number) =>
    Effect.map(dueTimes(spot), ({ ready, waiting }) => ready === Infinity && waiting > now)

  /** First a Live with which invitations expire. */
  const toRead = (spot: string, system: number) =>
    Effect.map(
      sql<Due>`SELECT live_id AS "liveId", EXISTS (SELECT 1 FROM invitations
          WHERE invitations.spot = ${spot} AND invitations.live_id = due.live_id
            AND state <> 'finished' AND expires_with_live > 0) AS awaited
        FROM (SELECT live_id, read_again_at FROM lives WHERE spot = ${spot} AND read_again_at <= ${system}
          ORDER BY read_again_at, live_id LIMIT ${maxDue}) AS due
        ORDER BY awaited DESC, read_again_at, live_id LIMIT 1`,
      ([live]) => live && { liveId: live.liveId, isAwaited: Boolean(live.awaited) }
    )

  const take = Effect.fnUntraced(function* (options: ReadOptions, system: number) {
    const { spot } = options
    const now = yield* timeOf(spot)
    if (!(yield* isOpen(spot, now))) return undefined
    const live = yield* toRead(spot, system)
    if (live === undefined) return undefined
    const { liveId, isAwaited } = live
    if (!isAwaited && !(yield* isIdle(spot, now))) return undefined
    const reserved = yield* reserve(options, isAwaited, now)
    if (reserved === undefined) return undefined
    yield* sql`UPDATE lives SET read_again_at = ${system + lost} WHERE spot = ${spot} AND live_id = ${liveId}`
    return { spot, liveId, ...reserved }
  }, transaction(sql))

  /** Looks first without a lock, because most of the time no Live is to be read. */
  const next = Effect.fnUntraced(function* (options: ReadOptions) {
    const system = yield* Clock.currentTimeMillis
    return (yield* toRead(options.spot, system)) === undefined ? undefined : yield* take(options, system)
  })

  const endCall = Effect.fnUntraced(function* ({ reservation }: Reading) {
    if (reservation === null) return
    const { spot, lane, number, since } = reservation
    const lasted = Math.ceil(Math.max(0, (yield* monotonic) - since))
    yield* sql`UPDATE reservations SET ends_at = started_at + ${lasted}
      WHERE spot = ${spot} AND lane = ${lane} AND number = ${number}`
  })

  return {
    next: (options) => toInboxUnavailable(next(options)),

    store: Effect.fnUntraced(function* (reading, answer) {
      const { spot, liveId } = reading
      const now = yield* Clock.currentTimeMillis
      const found = "error" in answer ? undefined : answer
      const [startsAt, endsAt] =
        found === undefined ? [never, null] : [millis(found.startsAt), millis(found.endsAt)]
      const readAgainAt = now + (endsAt !== null && endsAt < now ? weekly : hourly)
      const live = {
        title: found === undefined ? null : titleOf(found.title),
        starts_at: startsAt,
        ends_at: endsAt,
        error: "error" in answer ? answer.error : null,
        read_at: now,
        // The beginning is read again when it comes.
        read_again_at: startsAt > now ? Math.min(readAgainAt, startsAt) : readAgainAt
      }
      const changed =
        found === undefined ? { error: live.error, read_at: now, read_again_at: readAgainAt } : live
      yield* retried(
        Effect.andThen(
          endCall(reading),
          sql`UPDATE lives SET ${sql.update(changed)} WHERE spot = ${spot} AND live_id = ${liveId}`
        )
      )
      const beginning = found === undefined ? undefined : startsAt
      if (yield* moveDeadlines(spot, liveId, beginning, now)) yield* signals.publish("due")
      yield* events.emit(() => [{ type: "live", spot, liveId, state: "read" }])
    }, toInboxUnavailable)
  }
}

/** Whether half of each window stays free after one more call. */
const isHalfFree = (usages: ReadonlyArray<Budget.Usage>): boolean =>
  usages.every((usage) => (Budget.total(usage) + 1) * 2 <= usage.calls)
