/** How stored times follow a clock that was set. Of two Spots only the one it is about changes. */
import { expect } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Budget, Claiming } from "../../../src/index.ts"
import { retiming } from "../../../src/store/claim/retiming.ts"
import { onEach } from "../../databases.ts"
import { lease } from "../../dispatching.ts"
import { people, store } from "../../fixtures.ts"

const now = 10_000_000
const [leased, waits, probed, tried] = [now + 120_000, now + 3_600_000, now + 900_000, now + 3_600_000]

const limits: Budget.Limits = { per10s: 10, per24h: 100, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

/** Times of a Spot. */
interface Times {
  /** By when each began and when its window begins. */
  readonly calls?: ReadonlyArray<readonly [startedAt: number, endsAt: number]>
  /** By what each is doing. */
  readonly invitations?: Readonly<Record<string, number>>
  readonly parked?: readonly [since: number, until: number]
  readonly spot?: Readonly<Record<string, number | null>>
}

/** What an invitation to the Live of this name is doing. */
const states: Readonly<Record<string, readonly [status: string, state: string]>> = {
  waits: ["pending", "scheduled"],
  reads: ["pending", "scheduled"],
  ready: ["pending", "available"],
  sent: ["sending", "scheduled"],
  ended: ["invited", "finished"]
}

const seed = Effect.fnUntraced(function* (spot: string, { calls = [], invitations = {}, ...times }: Times) {
  const sql = yield* SqlClient.SqlClient
  for (const [number, [started_at, ends_at]] of calls.entries()) {
    yield* sql`INSERT INTO reservations ${sql.insert({ spot, lane: 0, number, started_at, ends_at })}`
  }
  for (const [live, due] of Object.entries(invitations)) {
    yield* store(people(1, live), { deliveryId: `${spot} ${live}` }, { spot })
    const [status, state] = states[live] ?? ["pending", "scheduled"]
    yield* sql`UPDATE invitations SET status = ${status}, state = ${state}, due_at = ${due},
        expires_with_live = ${live === "reads" ? 2 : 0}
      WHERE spot = ${spot} AND live_id = ${live}`
  }
  const [since, until] = times.parked ?? [0, 0]
  yield* sql`INSERT INTO parked_lives ${sql.insert({ spot, live_id: "parked", since, until })}`
  yield* sql`INSERT INTO spots ${sql.insert({ name: spot, term: 0, cooldown_until: 0, ...times.spot })}`
})

const columns =
  "paused_at, probe_at, cooldown_until, cooldown_since, probing_until, circuit_since, circuit_until"

/** Postgres has its large numbers as bigints. */
const numbers = (row: Readonly<Record<string, unknown>> = {}) =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value])
  )

const timesOf = Effect.fnUntraced(function* (spot: string) {
  const sql = yield* SqlClient.SqlClient
  type Row = Record<string, unknown>
  const calls =
    yield* sql<Row>`SELECT started_at, ends_at FROM reservations WHERE spot = ${spot} ORDER BY number`
  const invitations = yield* sql<Row>`SELECT live_id, due_at FROM invitations WHERE spot = ${spot}`
  const parked = yield* sql<Row>`SELECT since, until FROM parked_lives WHERE spot = ${spot}`
  const [row] = yield* sql<Row>`SELECT ${sql.literal(columns)} FROM spots WHERE name = ${spot}`
  return {
    calls: calls.map((call) => Object.values(numbers(call))),
    invitations: Object.fromEntries(invitations.map((one) => Object.values(numbers(one)))),
    parked: parked.flatMap((one) => Object.values(numbers(one))),
    spot: numbers(row)
  }
})

/** Sets the times of the Spot `main`, and tells what they are. */
const after = <E, R>(
  times: Times,
  set: (steps: ReturnType<typeof retiming>) => Effect.Effect<unknown, E, R>,
  other: Times = times
) =>
  Effect.gen(function* () {
    yield* seed("main", times)
    yield* seed("other", other)
    const before = yield* timesOf("other")
    yield* set(retiming(yield* SqlClient.SqlClient))
    expect(yield* timesOf("other")).toEqual(before)
    return yield* timesOf("main")
  })

/** All times of a Spot, so many milliseconds after the bounds that a clamp keeps. */
const around = (by: number): Required<Times> => ({
  calls: [[now - 5_000, leased + by]],
  invitations: { waits: waits + by, sent: leased + by, ready: waits + by, ended: waits + by },
  parked: [now + by, tried + by],
  spot: {
    paused_at: now + by,
    probe_at: probed + by,
    cooldown_until: waits + by,
    cooldown_since: now + by,
    probing_until: leased + by,
    circuit_since: now + by,
    circuit_until: waits + by
  }
})

const options: Claiming.ClaimOptions = { spot: "main", calls: 1, lease }

onEach((test) => {
  for (const by of [1_000, -1_000]) {
    test(`all that a Spot waits for is shifted by ${by} ms, and what is ready only back`, () =>
      Effect.gen(function* () {
        const moved = around(by)
        const times = yield* after(around(0), ({ shift }) => shift("main", by))
        expect(times).toEqual({
          ...moved,
          calls: [[now - 5_000 + by, leased + by]],
          invitations: {
            ...moved.invitations,
            ready: waits + Math.min(0, by),
            ended: waits
          }
        })
      }))
  }

  test("a Spot that rests until no time does so after a shift, and one that rests does not rest longer", () =>
    Effect.gen(function* () {
      const rests = (cooldown_until: number): Times => ({ spot: { cooldown_until } })
      yield* seed("idle", rests(0))
      const times = yield* after(rests(1), ({ shift }) =>
        Effect.andThen(shift("main", 1_000), shift("idle", 1_000))
      )
      const nothing = {
        paused_at: null,
        probe_at: null,
        cooldown_since: null,
        probing_until: null,
        circuit_since: null,
        circuit_until: null
      }
      expect(times.spot).toEqual({ ...nothing, cooldown_until: 1_001 })
      expect((yield* timesOf("idle")).spot).toEqual({ ...nothing, cooldown_until: 0 })
    }))

  for (const by of [0, -1]) {
    test(`a time that lies ${-by} ms before the farthest that it can be stays`, () =>
      Effect.gen(function* () {
        const times = around(by)
        expect(yield* after(times, ({ clamp }) => clamp(options, now))).toEqual(times)
      }))
  }

  test("a time that lies farther ahead than it can counts as now, and a lease begins anew", () =>
    Effect.gen(function* () {
      const times = yield* after(around(1), ({ clamp }) => clamp(options, now))
      expect(times).toEqual({
        calls: [[now - 5_000, leased]],
        invitations: { waits: now, sent: leased, ready: waits + 1, ended: waits + 1 },
        parked: [now, now],
        spot: {
          paused_at: now,
          probe_at: now,
          cooldown_until: now,
          cooldown_since: now,
          probing_until: now,
          circuit_since: now,
          circuit_until: now
        }
      })
    }))

  test("who waits for the beginning of a Live is not sent, and waits for at most an hour", () =>
    Effect.gen(function* () {
      const times = yield* after({ invitations: { reads: waits + 1 } }, ({ clamp }) => clamp(options, now))
      expect(times.invitations).toEqual({ reads: waits })
    }))

  test("a call that would have begun later than now has begun now, and lasts as long", () =>
    Effect.gen(function* () {
      const calls = [
        [now + 1, now + 3_001],
        [now - 1, now + 2_000]
      ] as const
      const times = yield* after({ calls }, ({ clamp }) => clamp(options, now))
      expect(times.calls).toEqual([
        [now, now + 3_000],
        [now - 1, now + 2_000]
      ])
    }))

  test("what a retry policy lets wait for longer than an hour may do so", () =>
    Effect.gen(function* () {
      const far = { invitations: { waits: now + 7_200_000 } }
      const times = yield* after(far, ({ clamp }) => clamp({ ...options, maxWait: Duration.hours(2) }, now))
      expect(times.invitations).toEqual(far.invitations)
    }))

  test("a lease that is longer than the longest wait goes on", () =>
    Effect.gen(function* () {
      const invitations = { sent: waits + 1, waits: waits + 1 }
      const long = { ...options, lease: Duration.hours(2) }
      const times = yield* after({ invitations }, ({ clamp }) => clamp(long, now))
      expect(times.invitations).toEqual({ sent: waits + 1, waits: now })
    }))

  test("the calls of the last 10 seconds before a Spot stood still count from now", () =>
    Effect.gen(function* () {
      const last = now - 1_000_000
      const calls = [
        [last - 20_000, last - 10_000],
        [last - 15_000, last - 9_999],
        [last, last + 500],
        [last - 1, now + 50]
      ] as const
      const later = { calls: [[now - 2, now - 1]] as const }
      const times = yield* after({ calls }, ({ renew }) => renew("main", limits, now), later)
      expect(times.calls.map(([, endsAt]) => endsAt)).toEqual([last - 10_000, now, now, now + 50])
    }))
})
