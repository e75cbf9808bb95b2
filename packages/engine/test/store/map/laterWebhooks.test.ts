/** What a later webhook does to an invitation that has ended, by how it ended. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { type Mapped, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, claimOne, settle, settlement } from "../../dispatching.ts"
import { alice, store } from "../../fixtures.ts"

/** Alice signs up again, with a new delivery id by default. The status of her invitation afterwards. */
const signUpAgain = Effect.fnUntraced(function* (terms?: Partial<Mapped.Terms>, deliveryId?: string) {
  const now = yield* DateTime.now
  const webhook = yield* store(
    [alice],
    { deliveryId: deliveryId ?? `again-${now}`, body: new TextEncoder().encode(`at ${now}`) },
    terms
  )
  const operations = yield* Operations.Operations
  const [invitation] = yield* operations.invitations(webhook)
  return invitation?.status
})

const reinviteAfter = Duration.days(30)
const repeated = "first"

onEach((test) => {
  for (const status of ["invited", "already_invited", "rejected", "exhausted"] as const) {
    test(`one that is ${status} stays so, unless reinviteAfter has passed since`, () =>
      Effect.gen(function* () {
        yield* store([alice], { deliveryId: repeated })
        yield* settle(yield* claimOne, yield* settlement({ status }))
        yield* TestClock.adjust("29 days")
        expect(yield* signUpAgain({ reinviteAfter })).toBe(status)
        yield* TestClock.adjust("1 day")
        expect(yield* signUpAgain()).toBe(status)
        expect(yield* signUpAgain({ reinviteAfter }, repeated)).toBe(status)
        expect(yield* claim()).toEqual([])
        yield* TestClock.adjust("1 second")
        expect(yield* signUpAgain({ reinviteAfter })).toBe("pending")
        expect(yield* claim()).toHaveLength(1)
      }))
  }

  test("one that is corrupt stays so, unless reinviteAfter has passed since", () =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: repeated })
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE invitations SET status = 'corrupt', state = 'finished', settled_at = 0`
      yield* TestClock.adjust("30 days")
      expect(yield* signUpAgain()).toBe("corrupt")
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain({ reinviteAfter })).toBe("pending")
    }))

  test("one that is expired is sent, unless the delivery repeats an id or its own deadline has passed", () =>
    Effect.gen(function* () {
      const expiresAt = DateTime.makeUnsafe(1_000)
      yield* store([alice], { deliveryId: repeated }, { expiresAt })
      yield* TestClock.adjust("1 minute")
      expect(yield* claim()).toEqual([])
      expect(yield* signUpAgain({}, repeated)).toBe("expired")
      expect(yield* signUpAgain({ expiresAt })).toBe("expired")
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain()).toBe("pending")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("one that an operator canceled stays so, also after reinviteAfter", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: repeated })
      yield* Stream.runDrain(operations.cancel({ all: true }, { by: "ada" }))
      yield* TestClock.adjust("31 days")
      expect(yield* signUpAgain()).toBe("cancelled")
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain({ reinviteAfter })).toBe("cancelled")
      expect(yield* claim()).toEqual([])
    }))

  test("one that ended because its person was forgotten is sent, unless the delivery repeats an id", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: repeated })
      yield* TestClock.adjust("1 second")
      yield* operations.forget(alice.member)
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain({}, repeated)).not.toBe("pending")
      expect(yield* claim()).toEqual([])
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain()).toBe("pending")
      expect(yield* claim()).toHaveLength(1)
    }))

  test("one that was sent before its person was forgotten stays as it ended", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("1 second")
      yield* operations.forget(alice.member)
      yield* TestClock.adjust("1 second")
      expect(yield* signUpAgain()).toBe("invited")
      expect(yield* claim()).toEqual([])
    }))

  test("one that was purged is followed by a new one", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("1 second")
      yield* Stream.runDrain(operations.purge({ before: yield* DateTime.now, invitations: ["invited"] }))
      expect(yield* signUpAgain()).toBe("pending")
      expect(yield* claim()).toHaveLength(1)
    }))
})
