/** A plan, and the run that changes exactly what it counted. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Search } from "@usher/model"
import { FinishedStatus } from "@usher/model/Invitation"
import { Inbox, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { again, claimOne, settle, settlement, unavailable } from "../../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../../fixtures.ts"

const replay = (selection: Search.Selection<Search.InvitationFilter>) =>
  Operations.Operations.use((operations) => Stream.runSum(operations.replay(selection)))

const remap = (selection: Search.Selection<Search.WebhookFilter>) =>
  Operations.Operations.use((operations) => Stream.runSum(operations.remap(selection)))

/** Accepts a delivery whose mapping fails. */
const unmappable = Effect.fnUntraced(function* (deliveryId: string) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(delivery({ deliveryId }))
  const webhook = yield* Effect.fromNullishOr(yield* operations.webhook(id))
  yield* inbox.map(webhook, { status: "unmappable", reason: "no live" }, { spot: "main" })
  return webhook
})

const later = TestClock.adjust("1 minute")

onEach((test) => {
  test("a replay sends the dead letters of its error, and no others", () =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "1" })
      yield* settle(yield* claimOne, yield* settlement({ status: "exhausted" }, unavailable))
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
      yield* settle(yield* claimOne, yield* settlement({ status: "rejected" }))
      expect(yield* replay({ error: "MalformedPayload" })).toBe(0)
      expect(yield* replay({ error: unavailable._tag })).toBe(1)
      expect(yield* statuses("invitations")).toEqual({ pending: 1, rejected: 1 })
      expect(yield* replay({ error: null })).toBe(1)
      expect(yield* replay({ error: null })).toBe(0)
    }))

  test("a replay of ids, or of a webhook, sends what was not sent, and a filter sends dead letters", (_, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const webhook = yield* store(people(6), { deliveryId: "1" })
      const found = yield* operations.invitations(webhook)
      const ids = found.map(({ id }) => id)
      for (const [at, status] of FinishedStatus.literals.entries()) {
        yield* sql`UPDATE invitations SET status = ${status}, state = 'finished' WHERE id = ${String(ids[at])}`
      }
      const planned = (selection: Search.Selection<Search.InvitationFilter>) =>
        Effect.map(operations.plan(selection), ({ invitations }) => invitations)
      expect(yield* planned({ all: true })).toBe(2)
      expect(yield* planned({ spot: "main" })).toBe(2)
      expect(yield* planned({ webhook })).toBe(4)
      expect(yield* planned({ ids, status: ["invited"] })).toBe(1)
      expect(yield* replay({ ids })).toBe(4)
      expect(yield* statuses("invitations")).toEqual({ already_invited: 1, invited: 1, pending: 4 })
    }))

  test("a replay leaves out what ended after its plan", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "1" })
      yield* settle(yield* claimOne, yield* settlement({ status: "rejected" }))
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
      const second = yield* claimOne
      yield* later
      const { asOf, invitations } = yield* operations.plan({ all: true })
      expect(invitations).toBe(1)
      yield* settle(second, yield* settlement({ status: "rejected" }))
      expect(yield* replay({ asOf })).toBe(0)
      expect(yield* replay({ all: true, asOf })).toBe(1)
      yield* settle(yield* claimOne, yield* again("1 hour"))
      expect(yield* replay({ all: true, asOf })).toBe(0)
      yield* later
      expect(yield* replay({ all: true })).toBe(1)
    }))

  test("a plan counts the calls of each Spot as it sends, and takes as long as the slowest", (_, operations) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store(people(30), { deliveryId: "1" })
      yield* sql`UPDATE invitations SET status = 'rejected', state = 'finished'`
      yield* store(people(20, "live-2"), { deliveryId: "2" })
      yield* sql`UPDATE invitations SET spot = 'vip', status = 'rejected', state = 'finished' WHERE live_id = 'live-2'`
      const planned = (spot: string, batchSize: number) =>
        Effect.map(
          operations.plan(
            { all: true },
            new Map([[spot, { batchSize, limits: [{ calls: 5, window: Duration.minutes(1) }] }]])
          ),
          ({ calls, duration }) => ({ calls, duration: Duration.format(duration) })
        )
      expect(yield* planned("none", 1)).toEqual({ calls: 2, duration: "0" })
      expect(yield* planned("vip", 1)).toEqual({ calls: 21, duration: "3m" })
      expect(yield* planned("main", 2)).toEqual({ calls: 16, duration: "2m" })
      expect(yield* operations.plan({ spot: "vip" })).toMatchObject({ spots: ["vip"], parked: 0 })
      yield* sql`INSERT INTO parked_lives (spot, live_id, since, until) VALUES ('vip', 'live-2', 0, 0)`
      expect(yield* operations.plan({ all: true })).toMatchObject({ spots: ["main", "vip"], parked: 20 })
    }))

  test("mapping again says how many invitations stay, and leaves out what was mapped after its plan", (inbox, operations) =>
    Effect.gen(function* () {
      const first = yield* unmappable("1")
      yield* store(people(3), { deliveryId: "2" })
      yield* later
      expect(yield* operations.remapPlan({ all: true })).toEqual({
        webhooks: 1,
        invitations: 0,
        asOf: yield* DateTime.now
      })
      expect(yield* operations.remapPlan({ status: ["mapped"] })).toMatchObject({
        webhooks: 1,
        invitations: 3
      })
      expect(yield* operations.remapPlan({})).toMatchObject({ webhooks: 0 })
      const { asOf } = yield* operations.remapPlan({ all: true })
      yield* unmappable("3")
      expect(yield* remap({ asOf })).toBe(0)
      expect(yield* remap({ all: true, asOf })).toBe(1)
      const again = yield* Effect.fromNullishOr(yield* operations.webhook(first.id))
      yield* inbox.map(again, { status: "unmappable", reason: "no live" }, { spot: "main" })
      expect(yield* remap({ all: true, asOf })).toBe(0)
      yield* later
      expect(yield* remap({ all: true })).toBe(2)
    }))
})
