/** Who sends what, and when: calls that the budget has room for, and leases on the invitations that are in them. */
import { Clock, Effect } from "effect"
import * as Budget from "../../Budget.ts"
import type { Call, Claim } from "../../Dispatch.ts"
import { type Claimed, type ClaimOptions, Deposed } from "../../Inbox.ts"
import { choosing, type Terms } from "./choosing.ts"
import * as rows from "./rows.ts"
import { spending } from "./spends.ts"
import { enough, type Store, unavailable, wholeMillis } from "./store.ts"
import { turning } from "./turns.ts"
import { stretch, timeAt, waking } from "./waking.ts"

/** A Spot that the upstream has locked out is tried with one call, this soon at first and this seldom in the end. */
const soonestProbe = 60_000
const slowestProbe = 15 * 60_000

/** How many parked batches one step puts away, so that others get in between. */
const mostPutAway = 20

/** What holds up a whole Spot. */
interface SpotRow {
  readonly epoch: number | bigint
  readonly paused_at: number | bigint | null
  readonly probe_at: number | bigint | null
  readonly rests_until: number | bigint
  readonly largest_batch: number | null
}

/** A call that is not paid for yet. */
interface Chosen extends Omit<Call, "spend"> {
  readonly lane: number
}

/** One step of a claim. */
interface Step extends Claimed {
  /** Nothing is left that the next step would find. */
  readonly isAtEnd: boolean
}

export const claiming = (store: Store) => {
  const { sql, random } = store
  const lock = sql.onDialectOrElse({ pg: () => sql.literal("FOR UPDATE"), orElse: () => sql.literal("") })
  const { usages, spend, forget } = spending(sql)
  const { heads, expire, wake } = waking(store)
  const { callsOf, putAway, tryOut } = choosing(store)
  const nextTurn = turning(sql)

  /** One relay at a time decides for a Spot, and only the one that leads it. */
  const open = Effect.fnUntraced(function* ({ spot, epoch }: ClaimOptions) {
    const look = sql<SpotRow>`SELECT epoch, paused_at, probe_at, rests_until, largest_batch FROM spots WHERE name = ${spot} ${lock}`
    let [state] = yield* look
    if (state === undefined) {
      yield* sql`INSERT INTO spots (name, epoch, rests_until) VALUES (${spot}, 0, 0) ON CONFLICT (name) DO NOTHING`
      ;[state] = yield* look
    }
    if (state === undefined) return yield* Effect.die("a row that was just inserted is there")
    if (epoch !== undefined && Number(state.epoch) !== epoch) return yield* new Deposed({ spot })
    return state
  })

  /** The lanes in which something is due. */
  const wanting = (spot: string, only: ClaimOptions["lane"]) => {
    const lanes = only === undefined ? [0, 1, 2, 3] : [rows.laneNumber(only)]
    const due = lanes.map(
      (lane) => sql`SELECT ${sql.literal(`${lane}`)} AS lane
        WHERE (SELECT 1 FROM invitations WHERE spot = ${spot} AND ready = 1 AND lane = ${lane}
          ORDER BY source, batch, due_at, id LIMIT 1) IS NOT NULL`
    )
    return Effect.map(
      sql<{ lane: number }>`${sql.join(" UNION ALL ", false)(due)}`,
      (found) => new Set(found.map(({ lane }) => lane))
    )
  }

  /** Turn by turn and lane by lane, while there is room for a call and they are not enough people for one commit. */
  const fill = Effect.fnUntraced(function* (options: ClaimOptions, terms: Terms, most: number) {
    const { spot, budget } = options
    const calls: Array<Chosen> = []
    const used = budget === undefined ? [] : yield* usages(spot, budget, terms.now, wholeMillis(terms.lease))
    const wants = yield* wanting(spot, options.lane)
    let [putAways, people] = [0, 0]
    let isHeld = false
    for (const lane of [...wants].toSorted((a, b) => a - b)) {
      const name = rows.laneNamed(lane)
      while (calls.length < most && people < enough && putAways < mostPutAway) {
        const room =
          budget === undefined
            ? Infinity
            : Budget.room(name, used, budget.shares, (other) => wants.has(rows.laneNumber(other)))
        isHeld ||= room === 0
        if (room === 0) break
        const turn = yield* nextTurn(spot, lane)
        if (turn === undefined) break
        if (turn.parkedUntil !== null && turn.parkedUntil > terms.now) {
          yield* putAway(terms, turn, turn.parkedUntil)
          putAways++
          continue
        }
        const isPlenty = used.every((usage) => Budget.total(usage) < usage.calls / 2)
        const made = yield* callsOf(terms, turn, { most: Math.min(most - calls.length, room), isPlenty })
        if (made.length === 0) break
        if (turn.parkedUntil !== null) yield* tryOut(terms, turn)
        for (const claims of made) people += claims.length
        calls.push(...made.map((claims) => ({ lane, claims, isTrial: turn.parkedUntil !== null })))
        for (const usage of used) usage.used[name] += made.length
      }
    }
    const freesAt = isHeld ? Math.min(...used.map((usage) => usage.freesAt)) : Infinity
    return { calls, freesAt, isAtEnd: putAways === 0 }
  })

  const pay = Effect.fnUntraced(function* (
    { spot, budget, lease }: ClaimOptions,
    lanes: ReadonlyArray<number>,
    now: number
  ) {
    if (budget === undefined || lanes.length === 0) return []
    yield* forget(spot, now - Budget.longest(budget) - 2 * wholeMillis(lease))
    return yield* spend(spot, lanes, now, now + wholeMillis(lease))
  })

  const decide = Effect.fnUntraced(function* (
    options: ClaimOptions,
    now: number,
    first: Effect.Success<ReturnType<typeof heads>>
  ) {
    const { spot, lease, batchSize = 1, sizeOf } = options
    const { paused_at, probe_at, rests_until, largest_batch } = yield* open(options)
    const expired = first.expiring > now ? 0 : yield* expire(spot, now)
    const woken = first.waiting > now ? 0 : yield* wake(spot, now)
    const isSwept = expired < stretch && woken < stretch
    const heldUntil = Math.max(Number(rests_until), paused_at === null ? 0 : Number(probe_at ?? Infinity))
    if (heldUntil > now) return nothing(heldUntil, isSwept)

    const isProbe = paused_at !== null
    const members = isProbe ? 1 : Math.min(batchSize, largest_batch ?? batchSize)
    const terms = { spot, now, lease, members, sizeOf, token: yield* random.ulid }
    const { calls, freesAt, isAtEnd } = yield* fill(options, terms, isProbe ? 1 : options.calls)
    if (isProbe && calls.length > 0) {
      const wait = Math.min(slowestProbe, Math.max(soonestProbe, now - Number(paused_at)))
      yield* sql`UPDATE spots SET probe_at = ${now + wait} WHERE name = ${spot}`
    }
    const spends = yield* pay(
      options,
      calls.map(({ lane }) => lane),
      now
    )
    const claimed: Step = {
      calls: calls.map(({ claims, isTrial }, index): Call => ({
        claims,
        isTrial,
        spend: spends[index] ?? null
      })),
      next: timeAt(Math.min(freesAt, ...[first.waiting, first.expiring].filter((time) => time > now))),
      isProbe,
      isAtEnd: isSwept && isAtEnd
    }
    return claimed
  }, sql.withTransaction)

  const step = Effect.fnUntraced(function* (options: ClaimOptions) {
    const now = yield* Clock.currentTimeMillis
    const first = yield* heads(options.spot)
    const next = Math.min(first.ready, first.waiting, first.expiring)
    if (options.calls === 0 || (first.ready === Infinity && next > now)) return nothing(next, true)
    return yield* decide(options, now, first)
  })

  /** Until there is something to send, or nothing left to look through; in steps, so that others get in between. */
  const claim = (options: ClaimOptions): ReturnType<typeof step> =>
    Effect.filterOrElse(
      step(options),
      (step) => step.calls.length > 0 || step.isAtEnd,
      () => Effect.andThen(Effect.yieldNow, claim(options))
    )

  const release = Effect.fnUntraced(function* (claim: Claim) {
    const now = yield* Clock.currentTimeMillis
    const released = yield* sql`UPDATE invitations
      SET status = 'pending', ready = 1, lease = NULL, due_at = ${now}, attempts = ${claim.attempt - 1}
      WHERE id = ${claim.id} AND lease = ${claim.lease} RETURNING id`
    return released.length > 0
  })

  return {
    claim: (options: ClaimOptions) => unavailable(claim(options)),
    release: (claim: Claim) => unavailable(release(claim))
  }
}

const nothing = (next: number, isAtEnd: boolean): Step => ({
  calls: [],
  next: timeAt(next),
  isProbe: false,
  isAtEnd
})
