/** Cancellations: pending invitations that are not sent, whatever webhooks come later. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { Search } from "@usher/model"
import { Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { again, claim, claimOne, lease, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../../fixtures.ts"

type Selection = Search.Selection<Search.InvitationFilter>

const cancel = (selection: Selection) =>
  Operations.Operations.use((operations) => Stream.runSum(operations.cancel(selection, { by: "ada" })))

const replay = (selection: Selection) =>
  Operations.Operations.use((operations) => Stream.runSum(operations.replay(selection)))

const invitationOf = (webhook: string) =>
  Effect.flatMap(
    Operations.Operations.use((operations) => operations.invitations(webhook)),
    ([one]) => Effect.fromNullishOr(one)
  )

const later = TestClock.adjust("1 minute")

onEach((test) => {
  test("cancels what waits, of a filter or all, and names the operator", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(3, "live-1"), { deliveryId: "1" })
      const second = yield* store(people(2, "live-2"), { deliveryId: "2" })
      yield* later
      expect(yield* operations.cancelPlan({ live: "live-1" })).toMatchObject({
        invitations: 3,
        people: 3,
        lives: 1,
        sending: 0
      })
      expect(yield* cancel({ live: "live-1" })).toBe(3)
      expect(yield* cancel({ live: "live-1" })).toBe(0)
      expect(yield* statuses("invitations")).toEqual({ cancelled: 3, pending: 2 })
      expect(yield* cancel({ webhook: second })).toBe(2)
      expect(yield* invitationOf(second)).toMatchObject({ status: "cancelled", cancelledBy: "ada" })
      expect(yield* claim()).toEqual([])
    }))

  test("the plan counts the webhooks that are not mapped yet, and may still invite", (inbox, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* inbox.accept(delivery({ deliveryId: "2" }))
      yield* later
      const unmapped = Effect.fnUntraced(function* (selection: Selection) {
        return (yield* operations.cancelPlan(selection)).unmapped
      })
      const some: ReadonlyArray<Selection> = [
        { all: true },
        { source: "form" },
        { live: "live-1", source: "form" }
      ]
      const none: ReadonlyArray<Selection> = [
        {},
        { source: "crm" },
        { person: alice.member },
        { ids: ["inv_1"] }
      ]
      for (const selection of some) expect(yield* unmapped(selection)).toBe(1)
      for (const selection of none) expect(yield* unmapped(selection)).toBe(0)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE webhooks SET status = 'held' WHERE status = 'received'`
      expect(yield* unmapped({ all: true })).toBe(1)
    }))

  test("an empty selection, or the time of a plan alone, cancels nothing", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* later
      const { asOf } = yield* operations.cancelPlan({})
      expect(yield* cancel({})).toBe(0)
      expect(yield* cancel({ asOf })).toBe(0)
      expect(yield* cancel({ all: true, asOf })).toBe(1)
    }))

  test("leaves an invitation that is in a call, and the plan counts it apart", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const taken = yield* claimOne
      yield* later
      expect(yield* operations.cancelPlan({ all: true })).toMatchObject({ invitations: 0, sending: 1 })
      expect(yield* cancel({ all: true })).toBe(0)
      expect(yield* settle(taken, yield* settlement({ status: "invited" }))).toBe(true)
      expect(yield* invitationOf(id)).toMatchObject({ status: "invited" })
      expect(yield* invitationOf(id)).not.toHaveProperty("cancelledBy")
    }))

  test("cancels a retry that is due later", () =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* settle(yield* claimOne, yield* again("1 hour"))
      yield* later
      expect(yield* cancel({ all: true })).toBe(1)
      yield* TestClock.adjust("2 hours")
      expect(yield* claim()).toEqual([])
      expect(yield* invitationOf(id)).toMatchObject({ status: "cancelled", attempts: 1 })
    }))

  test("runs exactly the plan: neither what is created nor what is replayed after it", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(2), { deliveryId: "1" })
      const third = yield* store([alice], { deliveryId: "2" })
      yield* cancel({ webhook: third })
      yield* later
      const { asOf, invitations } = yield* operations.cancelPlan({ all: true })
      expect(invitations).toBe(2)
      yield* replay({ webhook: third, status: ["cancelled"] })
      yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "3" })
      yield* later
      expect(yield* cancel({ all: true, asOf })).toBe(2)
      expect(yield* invitationOf(third)).toMatchObject({ status: "pending" })
      expect(yield* cancel({ all: true })).toBe(2)
    }))

  test("a later webhook does not undo an operator's cancellation, not even with reinviteAfter; a replay does", () =>
    Effect.gen(function* () {
      const first = yield* store([alice], { deliveryId: "1" })
      yield* cancel({ webhook: first })
      yield* TestClock.adjust("2 days")
      yield* store([alice], { deliveryId: "2" })
      const third = yield* store([alice], { deliveryId: "3" }, { reinviteAfter: Duration.days(1) })
      expect(yield* claim()).toEqual([])
      expect(yield* invitationOf(third)).toMatchObject({ status: "cancelled", cancelledBy: "ada" })
      expect(yield* replay({ webhook: first, status: ["cancelled"] })).toBe(1)
      expect(yield* invitationOf(first)).toMatchObject({ status: "pending" })
      expect(yield* invitationOf(first)).not.toHaveProperty("cancelledBy")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("a person who is forgotten after the cancellation can sign up again", (_, operations) =>
    Effect.gen(function* () {
      const first = yield* store([alice], { deliveryId: "1" })
      yield* cancel({ webhook: first })
      yield* later
      yield* operations.forget(alice.member)
      yield* later
      const second = yield* store([alice], { deliveryId: "2" })
      expect(yield* invitationOf(second)).toMatchObject({ status: "pending" })
      expect(yield* claim()).toHaveLength(1)
    }))

  test("a success that arrives after the cancellation makes the invitation invited", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const lost = yield* claimOne
      yield* TestClock.adjust(lease)
      const other = yield* claimOne
      yield* settle(other, yield* again("1 hour"))
      expect(yield* cancel({ all: true })).toBe(1)
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* invitationOf(id)).toMatchObject({ status: "invited", cancelledBy: "ada" })
      expect(yield* operations.attempts(lost.id)).toHaveLength(2)
    }))

  test("a success that arrives after the person was cancelled and forgotten is not stored", (_, operations) =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      const lost = yield* claimOne
      yield* TestClock.adjust(lease)
      yield* settle(yield* claimOne, yield* again("1 hour"))
      yield* cancel({ all: true })
      yield* operations.forget(alice.member)
      expect(yield* settle(lost, yield* settlement({ status: "invited" }))).toBe(false)
      expect(yield* invitationOf(id)).toMatchObject({ status: "cancelled" })
      expect(yield* operations.attempts(lost.id)).toEqual([])
    }))

  test("cancels thousands in steps, each of its own transaction", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(1_500), { deliveryId: "1" })
      yield* later
      const steps = yield* Stream.runCollect(operations.cancel({ all: true }, { by: "ada" }))
      expect(steps.reduce((sum, step) => sum + step, 0)).toBe(1_500)
      expect(steps.length).toBeGreaterThan(1)
      expect((yield* operations.cancelPlan({ from: DateTime.makeUnsafe(0) })).invitations).toBe(0)
    }))
})
