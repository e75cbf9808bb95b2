/** What is taken of the person's own rows. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Metric, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { InviteError } from "@usher/core"
import { Operations } from "../../../src/index.ts"
import { none } from "../../../src/store/forget/counts.ts"
import { slices } from "../../../src/store/forget/invitations.ts"
import { layerNoting } from "../../countedClient.ts"
import { layerInboxSql, layerPostgres, layers, migratedPostgres, onEach } from "../../databases.ts"
import { claim, claimOne, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, people, store } from "../../fixtures.ts"
import { changedMeanwhile, locksIn } from "../../locked.ts"

it("a list is cut into slices of 500", () => {
  const sizes = (length: number) => slices(people(length)).map((slice) => slice.length)
  expect([0, 1, 500, 501, 1_001].map(sizes)).toEqual([[], [1], [500], [500, 1], [500, 500, 1]])
  expect(slices(people(501)).flat()).toEqual(people(501))
})

const statuses = (webhook: string) =>
  Operations.Operations.use((operations) =>
    Effect.map(operations.invitations(webhook), (all) => all.map(({ status }) => status))
  )

onEach((test) => {
  describe("forgetting a person", () => {
    test("cancels what is not sent, and leaves how the others ended", (_, operations) =>
      Effect.gen(function* () {
        const webhook = yield* store([alice, { ...alice, liveId: "live-2" }])
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        const held = yield* claimOne
        const plan = yield* operations.forgetPlan(alice.member)
        expect(plan).toMatchObject({ invitations: 2, cancelled: 1, attempts: 1 })
        expect(yield* operations.forget(alice.member)).toEqual(plan)
        expect((yield* statuses(webhook)).toSorted()).toEqual(["cancelled", "invited"])
        expect(yield* settle(held, yield* settlement({ status: "invited" }))).toBe(false)
        const purged = operations.purge({ before: DateTime.makeUnsafe(1), invitations: ["cancelled"] })
        expect(yield* Stream.runCollect(purged)).toEqual([1])
      }))

    test("lets no webhook that was received before invite them again", (inbox, operations) =>
      Effect.gen(function* () {
        yield* store([alice], { deliveryId: "1" })
        const { id } = yield* inbox.accept(delivery({ deliveryId: "2" }))
        yield* TestClock.adjust("1 second")
        yield* operations.forget(alice.member)
        const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
        const invitations = [{ ...alice, liveId: "live-2" }]
        yield* inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main" })
        expect(yield* claim()).toEqual([])
      }))

    test("takes their attempts once, whatever the upstream said in them", (_, operations) =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* store([alice])
        const answer = `${alice.member} is blocked`
        const result = new InviteError.MalformedPayload({ liveId: alice.liveId, reason: "Refused", answer })
        yield* settle(yield* claimOne, { ...(yield* settlement({ status: "rejected" })), result })
        yield* sql`UPDATE attempts SET answer = ${answer}`
        const plan = yield* operations.forgetPlan(alice.member)
        expect(plan).toMatchObject({ invitations: 1, cancelled: 0, attempts: 1, webhooks: 1 })
        expect(yield* operations.forget(alice.member)).toEqual(plan)
        expect(yield* sql`SELECT id FROM attempts`).toEqual([])
      }))

    test("finds nothing left of them afterwards, until they sign up again", (_, operations) =>
      Effect.gen(function* () {
        yield* store([alice])
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        const forgottenAt = yield* DateTime.now
        expect(yield* operations.forget(alice.member)).toMatchObject({ invitations: 1 })
        yield* TestClock.adjust("1 second")
        expect(yield* operations.forgetPlan(alice.member)).toEqual({ ...none, forgottenAt })
        yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
        expect(yield* operations.forgetPlan(alice.member)).toEqual({
          ...none,
          invitations: 2,
          cancelled: 1,
          webhooks: 1
        })
      }))

    test("passes over those who are forgotten already", (_, operations) =>
      Effect.gen(function* () {
        yield* store([alice, ...people(1)])
        yield* operations.forget(alice.member)
        expect(yield* operations.forget("person-0@example.com")).toMatchObject({ invitations: 1 })
      }))

    test("finds them under more than 500 texts of an earlier version", (_, operations) =>
      Effect.gen(function* () {
        yield* store(people(501))
        yield* SqlClient.SqlClient.use((sql) => sql`UPDATE people SET member = '<alice@example.com>'`)
        expect(yield* operations.forget(alice.member)).toMatchObject({ invitations: 501, cancelled: 501 })
        expect(yield* claim()).toEqual([])
      }))
  })
})

it.effect("the invitations that forgetting cancels are counted", () =>
  Effect.gen(function* () {
    yield* store([alice, { ...alice, liveId: "live-2" }])
    yield* Operations.Operations.use((operations) => operations.forget(alice.member))
    const metrics = yield* Metric.snapshot
    const ended = metrics.filter(
      ({ id, attributes }) => id === "usher_invitations_total" && attributes?.["status"] === "cancelled"
    )
    expect(ended).toMatchObject([{ state: { count: 2 } }])
  }).pipe(Effect.provide(layers["SQLite in memory"]), Effect.provideService(Metric.MetricRegistry, new Map()))
)

describe("forgetting that fails on the way", () => {
  it.effect("takes nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store([alice])
      yield* sql.unsafe(
        "CREATE TRIGGER keep BEFORE UPDATE ON invitations BEGIN SELECT RAISE(ABORT, 'no'); END"
      )
      yield* Effect.flip(Operations.Operations.use((operations) => operations.forget(alice.member)))
      expect(yield* sql`SELECT member FROM people`).toEqual([{ member: alice.member }])
    }).pipe(Effect.provide(layers["SQLite in memory"]))
  )
})

describe("forgetting a person on Postgres", () => {
  it.effect("locks invitations and calls by their ids", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      yield* Effect.gen(function* () {
        yield* store([alice])
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        log.length = 0
        yield* Operations.Operations.use((operations) => operations.forget(alice.member))
        expect(locksIn(log)).toEqual(["invitations by id", "attempts by id", "webhooks by id"])
      }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerNoting(log))))
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))))
  )

  it.effect("cancels what was mapped since they were found", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store([alice])
      yield* changedMeanwhile(
        sql`SELECT id FROM people FOR UPDATE`,
        Operations.Operations.use((operations) => operations.forget(alice.member)),
        Effect.gen(function* () {
          yield* sql`CREATE TEMP TABLE mapped AS SELECT * FROM invitations`
          yield* sql`UPDATE mapped SET id = 'inv_later', live_id = 'live-2'`
          yield* sql`INSERT INTO invitations SELECT * FROM mapped`
        })
      )
      expect(yield* sql`SELECT status FROM invitations`).toEqual([
        { status: "cancelled" },
        { status: "cancelled" }
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )
})
