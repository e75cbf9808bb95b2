import { expect } from "@effect/vitest"
import { Duration, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Purging } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { claimOne, settle, settlement } from "../dispatching.ts"
import { alice, eventually, statuses, store } from "../fixtures.ts"

/** One invitation that was sent, and one that waits. */
const scene = Effect.gen(function* () {
  yield* store([alice], { deliveryId: "1" })
  yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
  yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
})

const stored = Effect.all({ webhooks: statuses("webhooks"), invitations: statuses("invitations") })

onEach((test) => {
  test("deletes bodies and ended invitations once they are old enough, while the relay runs", () =>
    Effect.gen(function* () {
      yield* scene
      yield* Layer.build(Purging.layer({ webhooks: Duration.hours(2), invitations: Duration.days(100) }))
      const anHourLater = Effect.andThen(TestClock.adjust("1 hour"), stored)
      yield* eventually(anHourLater, ({ webhooks }) => webhooks["purged"] === 2)
      expect(yield* statuses("invitations")).toEqual({ invited: 1, pending: 1 })
      yield* Layer.build(Purging.layer({ webhooks: Duration.infinity, invitations: Duration.hours(2) }))
      yield* eventually(stored, ({ invitations }) => invitations["invited"] === undefined)
      expect(yield* stored).toEqual({ webhooks: { purged: 2 }, invitations: { pending: 1 } })
    }).pipe(Effect.scoped))

  test("keeps everything where nothing has an age", () =>
    Effect.gen(function* () {
      yield* scene
      const before = yield* stored
      yield* Layer.build(Purging.layer({ webhooks: Duration.infinity }))
      yield* TestClock.adjust("3 hours")
      expect(yield* stored).toEqual(before)
    }).pipe(Effect.scoped))
})
