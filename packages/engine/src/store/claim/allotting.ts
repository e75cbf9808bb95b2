/** Leases and reserves the calls that the budget allows, inside the transaction of a claim. */
import { Effect } from "effect"
import * as Budget from "../../ports/Budget.ts"
import type { Call } from "../../ports/Claiming.ts"
import type { ClaimOptions } from "../../ports/Claiming.ts"
import * as rows from "../rows/rows.ts"
import { maxRowsPerStep, type Store, wholeMillis } from "../rows/store.ts"
import { choosing, type Terms } from "./choosing.ts"
import { type Ledger, parts, reservations, noLedger } from "./reservations.ts"
import { fairScheduling } from "./fairScheduling.ts"

/** The most parked batches that one step defers, so that other work runs in between. */
const maxDeferrals = 20

/** Due invitations of a lane are counted up to this. */
const maxCounted = 2

/** A call without its reservation. */
interface Chosen extends Omit<Call, "reservation"> {
  readonly lane: number
}

/** The time of a claim. */
export interface Moment {
  readonly now: number
  /** The monotonic time of this process from which the calls of the claim count. */
  readonly since: number
}

export const allotting = (store: Store) => {
  const { sql } = store
  const { ask, questions, ledgerOf, insert, forget } = reservations(sql)
  const { callsOf, deferParked, probeParked } = choosing(store)
  const nextSlot = fairScheduling(sql)

  /** How many are due in each lane, up to `maxCounted`. */
  const readyIn = ({ spot, lane: only }: ClaimOptions) =>
    (only === undefined ? Budget.lanes : [only]).map((name) => {
      const lane = sql.literal(String(rows.laneNumbers[name]))
      return sql`SELECT ${sql.literal(String(parts.ready))} AS part, ${lane} AS lane, count(*) AS count, CAST(NULL AS BIGINT) AS time
        FROM (SELECT 1 FROM invitations WHERE spot = ${spot} AND state = 'available' AND lane = ${lane}
          ORDER BY source, batch_key, due_at, id LIMIT ${sql.literal(String(maxCounted))}) AS due`
    })

  /** Reads the calls that count now, and the lanes in which something is due. */
  const look = Effect.fnUntraced(function* (options: ClaimOptions, { now, lease }: Terms) {
    const { spot, budget } = options
    const margin = wholeMillis(lease)
    const usageQuestions = budget === undefined ? [] : questions(spot, budget, now, margin)
    const figures = yield* ask([...readyIn(options), ...usageQuestions])
    const ready = new Map<number, number>()
    for (const { part, lane, count } of figures) {
      if (part === parts.ready && Number(count) > 0) ready.set(lane, Number(count))
    }
    return { ready, ledger: budget === undefined ? noLedger : ledgerOf(budget, margin, figures) }
  })

  /** Fills the claim slot by slot and lane by lane, while there is room for a call and for more people in the commit. */
  const fill = Effect.fnUntraced(function* (
    { spot, budget }: ClaimOptions,
    terms: Terms,
    most: number,
    { ready, ledger: { usages } }: Effect.Success<ReturnType<typeof look>>
  ) {
    const calls: Array<Chosen> = []
    let [deferrals, people] = [0, 0]
    let [isHeld, isDrained] = [false, true]
    for (const [lane, due] of [...ready].toSorted(([a], [b]) => a - b)) {
      const name = rows.laneNamed(lane)
      let isLeft = true
      while (isLeft && calls.length < most && people < maxRowsPerStep && deferrals < maxDeferrals) {
        const room =
          budget === undefined
            ? Infinity
            : Budget.room(name, usages, budget.shares, (other) => ready.has(rows.laneNumbers[other]))
        isHeld ||= room === 0
        if (room === 0) break
        const slot = yield* nextSlot(spot, lane, due === 1)
        if (slot === undefined) {
          isLeft = false
          break
        }
        if (slot.parkedUntil !== null && slot.parkedUntil > terms.now) {
          yield* deferParked(terms, slot, slot.parkedUntil)
          deferrals++
          continue
        }
        const isPlenty = usages.every((usage) => Budget.total(usage) < usage.calls / 2)
        const made = yield* callsOf(terms, slot, { most: Math.min(most - calls.length, room), isPlenty })
        if (made.length === 0) break
        if (slot.parkedUntil !== null) yield* probeParked(terms, slot)
        for (const claims of made) people += claims.length
        calls.push(...made.map((claims) => ({ lane, claims, isLiveProbe: slot.parkedUntil !== null })))
        for (const usage of usages) usage.used[name] += made.length
        isLeft = due > 1
      }
      isDrained &&= !isLeft
    }
    const freesAt = isHeld ? Math.min(...usages.map((usage) => usage.freesAt)) : Infinity
    return { calls, freesAt, isDrained: isDrained && deferrals === 0, isAtEnd: deferrals === 0 }
  })

  const reserve = Effect.fnUntraced(function* (
    { spot, budget, lease }: ClaimOptions,
    lanes: ReadonlyArray<number>,
    { numbers, oldest }: Ledger,
    { now, since }: Moment
  ) {
    if (budget === undefined || lanes.length === 0) return []
    const before = now - Budget.longest(budget) - 2 * wholeMillis(lease)
    if (oldest <= before) yield* forget(spot, before)
    return yield* insert(spot, lanes, numbers, { now, endsAt: now + wholeMillis(lease), since })
  })

  /** Runs while the Spot is locked and nothing holds it up. */
  return Effect.fnUntraced(function* (options: ClaimOptions, terms: Terms, most: number, moment: Moment) {
    const found = yield* look(options, terms)
    const { calls, ...rest } = yield* fill(options, terms, most, found)
    const reserved = yield* reserve(
      options,
      calls.map(({ lane }) => lane),
      found.ledger,
      moment
    )
    return {
      ...rest,
      calls: calls.map(({ claims, isLiveProbe }, index): Call => ({
        claims,
        isLiveProbe,
        reservation: reserved[index] ?? null
      }))
    }
  })
}
