/** A dispatcher before the emulated MeltingSpot and its limits, on a test's clock: hours pass as fast as the calls are made. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { TestClock } from "effect/testing"
import { Budget as Core, type Invitation } from "@usher/core"
import {
  Budget,
  Dispatcher,
  Events,
  Inbox,
  InboxSql,
  Leadership,
  Operations,
  OperationsSql,
  Signals,
  SpotControlSql,
  Spots,
  StoreSql
} from "@usher/engine"
import type { Lane } from "@usher/model/Invitation"
import { Ledger, Sandbox } from "@usher/sandbox"
import { SqliteClient } from "@usher/sqlite"

const secretKey = Redacted.make("key")

/** A relay without its HTTP server and mapper, and MeltingSpot with these limits. */
const world = (budget: Budget.Limits, options: Partial<Spots.Options> = {}) =>
  Dispatcher.layer().pipe(
    Layer.provide(Spots.layer(new Map([["main", { secretKey, budget, ...options }]]))),
    Layer.provide(Leadership.layerAlone),
    Layer.provideMerge(
      Layer.mergeAll(InboxSql.layer, OperationsSql.layer, SpotControlSql.layer).pipe(
        Layer.provide(StoreSql.layer),
        Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone]),
        Layer.provide(SqliteClient.layer({ filename: ":memory:" }))
      )
    ),
    Layer.provideMerge(
      Sandbox.layerHttpClient({
        secretKey,
        limits: [
          { calls: budget.per10s, window: "10 seconds" },
          { calls: budget.per24h, window: "24 hours" }
        ] satisfies ReadonlyArray<Core.Limit>
      })
    )
  )

/** Figures for whoever looks at the run. */
const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

let deliveries = 0

/** A webhook that asks for these, as if it had been mapped. */
const signUp = Effect.fnUntraced(function* (
  invitations: ReadonlyArray<Invitation.Invitation>,
  lane: Lane = "live",
  source = "form"
) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept({
    source,
    sender: "token",
    deliveryId: `${deliveries++}`,
    headers: {},
    body: new Uint8Array(),
    traceparent: null,
    lane
  })
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  yield* inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main" })
  return id
})

const invitedCount = Effect.map(
  Ledger.Ledger.use((ledger) => ledger.summary),
  ({ invited }) => invited
)

/** Lets time pass until so many are invited, or so much of it has passed. */
const untilInvited = Effect.fnUntraced(function* (count: number, step: Duration.Input, most: Duration.Input) {
  const end = (yield* Clock.currentTimeMillis) + Duration.toMillis(most)
  while ((yield* invitedCount) < count && (yield* Clock.currentTimeMillis) < end) {
    yield* settle
    yield* TestClock.adjust(step)
  }
  yield* settle
  return yield* invitedCount
})

/** Everything that can run without time passing. */
const settle = Effect.replicateEffect(Effect.yieldNow, 300, { discard: true })

describe("10,000 invitations to three Lives in one burst", () => {
  it.effect(
    "are delivered in few calls, and none of them is one too many",
    () =>
      Effect.gen(function* () {
        const people = Array.from({ length: 10_000 }, (_, index) => ({
          liveId: `live-${index % 3}`,
          member: `person-${index}@example.com`
        }))
        for (let at = 0; at < people.length; at += 100) yield* signUp(people.slice(at, at + 100))
        expect(yield* untilInvited(10_000, "1 second", "5 minutes")).toBe(10_000)
        const { accepted, refused, peoplePerCall, duplicates } = yield* Ledger.Ledger.use(
          (ledger) => ledger.summary
        )
        expect(refused).toBe(0)
        expect(accepted.busiest10s).toBeLessThanOrEqual(100)
        expect(peoplePerCall.mean).toBeGreaterThanOrEqual(50)
        expect(duplicates.members).toBe(0)
        yield* say(
          `${accepted.calls} calls, ${peoplePerCall.mean} people in each, ${yield* Clock.currentTimeMillis} ms`
        )
      }).pipe(Effect.provide(world(Budget.documented))),
    120_000
  )
})

describe("a day in which more is wanted than it allows", () => {
  /** At full scale it takes minutes. */
  const scale = Number(process.env["USHER_SIMULATION_SCALE"] ?? "0.02")
  const [perDay, imported, live] = [50_000, 70_000, 10_000].map((count) => Math.round(count * scale))

  it.effect(
    "spends no more than the window allows, and live sign-ups wait for seconds",
    () =>
      Effect.gen(function* () {
        const operations = yield* Operations.Operations
        // Nothing of it can go together: each is for a Live of its own.
        const single = (name: string, index: number) => [
          { liveId: `${name}-${index}`, member: `${name}-${index}@example.com` }
        ]
        for (let at = 0; at < (imported ?? 0); at += 100) {
          const some = Array.from({ length: 100 }, (_, index) => single("imported", at + index)).flat()
          yield* signUp(some, "import", "list")
        }
        const step = Duration.millis(Duration.toMillis("24 hours") / (live ?? 1))
        const ids: Array<string> = []
        for (let index = 0; index < (live ?? 0); index++) {
          ids.push(yield* signUp(single("live", index)))
          yield* settle
          yield* TestClock.adjust(step)
        }
        yield* settle
        const waits: Array<number> = []
        for (const id of ids) {
          for (const { createdAt, settledAt } of yield* operations.invitations(id)) {
            waits.push(
              settledAt === null
                ? Infinity
                : DateTime.toEpochMillis(settledAt) - DateTime.toEpochMillis(createdAt)
            )
          }
        }
        waits.sort((a, b) => a - b)
        const at = (share: number) => waits[Math.floor(share * (waits.length - 1))] ?? Infinity
        const { accepted, refused, invited } = yield* Ledger.Ledger.use((ledger) => ledger.summary)
        yield* say(
          `${invited} invited in ${accepted.calls} calls, ${accepted.busiest24h} in the busiest 24 hours; live sign-ups waited ${at(0.5)} ms (median), ${at(0.99)} ms (99 of 100), ${at(1)} ms at the most`
        )
        expect(refused).toBe(0)
        expect(accepted.busiest10s).toBeLessThanOrEqual(100)
        expect(accepted.busiest24h).toBeLessThanOrEqual(perDay ?? 0)
        expect(accepted.busiest24h).toBeGreaterThanOrEqual(0.9 * (perDay ?? 0))
        expect(at(0.5)).toBeLessThan(10_000)
      }).pipe(Effect.provide(world({ ...Budget.documented, per24h: perDay ?? 1 }))),
    1_800_000
  )
})
