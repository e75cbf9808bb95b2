/** Which webhooks a mapping ends, and with what. */
import { expect } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { TestClock } from "effect/testing"
import { Webhook } from "@usher/model"
import { Inbox, type Mapped, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, membersOf } from "../../dispatching.ts"
import { alice, delivery, store } from "../../fixtures.ts"
import { whileLocked } from "../../locked.ts"

const bob = { ...alice, member: "bob@example.com" }

const accept = Effect.fnUntraced(function* (deliveryId: string) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(delivery({ deliveryId }))
  return yield* Effect.fromNullishOr(yield* operations.webhook(id))
})

const ignored = { status: "ignored", reason: "no live" } as const
const mapped = (invitation: typeof alice) =>
  ({ status: "mapped", invitations: [invitation], reason: null }) as const

/** In one batch. */
const together = (
  ...all: ReadonlyArray<readonly [Webhook.Webhook, Mapped.Mapped, terms?: Partial<Mapped.Terms>]>
) =>
  Inbox.Inbox.use((inbox) =>
    Effect.forEach(
      all,
      ([webhook, mapped, terms]) => inbox.map(webhook, mapped, { spot: "main", ...terms }),
      { concurrency: "unbounded", discard: true }
    )
  )

onEach((test) => {
  test("each webhook of a batch keeps its own end, reason and version, and no other ends", (_, operations) =>
    Effect.gen(function* () {
      const [first, second, third] = [yield* accept("1"), yield* accept("2"), yield* accept("3")]
      yield* together(
        [first, { status: "unmappable", reason: "no\u0000" }, { mappingVersion: "v1\u0000" }],
        [second, mapped(alice)]
      )
      expect(yield* operations.webhook(first.id)).toMatchObject({
        status: "unmappable",
        reason: "no\u2400",
        mappingVersion: "v1\u2400"
      })
      expect(yield* operations.webhook(second.id)).toMatchObject({
        status: "mapped",
        reason: null,
        mappingVersion: null
      })
      expect(yield* operations.webhook(third.id)).toEqual(third)
      const once = yield* operations.webhook(first.id)
      expect([once?.mappedAt, Webhook.mappedAgainAt(once ?? third)]).toEqual([yield* DateTime.now, null])
      yield* TestClock.adjust("1 hour")
      yield* Stream.runDrain(operations.remap({ ids: [first.id] }))
      yield* TestClock.adjust("1 second")
      expect(Webhook.mappedAgainAt((yield* operations.webhook(first.id)) ?? third)).toBeNull()
      yield* together([first, ignored, { mappingVersion: "v2" }])
      const again = yield* operations.webhook(first.id)
      expect(again).toMatchObject({ status: "ignored", reason: "no live", mappingVersion: "v2" })
      expect(Webhook.mappedAgainAt(again ?? third)).toEqual(yield* DateTime.now)
    }))

  test("nobody waits for a webhook of another batch", (_, operations) =>
    Effect.gen(function* () {
      const [first, second] = [yield* accept("1"), yield* accept("2")]
      yield* whileLocked("webhooks", second.id, together([first, mapped(alice)]))
      expect(yield* operations.webhook(first.id)).toMatchObject({ status: "mapped" })
    }))

  test("a webhook that is mapped twice is what the first mapping made of it", (_, operations) =>
    Effect.gen(function* () {
      const webhook = yield* accept("1")
      yield* together([webhook, mapped(alice)], [webhook, mapped(bob)])
      expect(membersOf(yield* claim())).toEqual([alice.member])
      const [other, another] = [yield* accept("2"), yield* accept("3")]
      yield* together([webhook, mapped(bob)], [other, ignored], [another, ignored])
      yield* together([webhook, ignored])
      expect(yield* operations.webhook(webhook.id)).toMatchObject({ status: "mapped" })
      expect(yield* operations.webhook(other.id)).toMatchObject({ status: "ignored" })
      expect(yield* claim()).toEqual([])
    }))

  test("a webhook whose person was forgotten meanwhile is as if it had not been mapped, and no other is", (_, operations) =>
    Effect.gen(function* () {
      yield* store([alice], { deliveryId: "0" })
      const [early, other] = [yield* accept("1"), yield* accept("2")]
      yield* TestClock.adjust("1 second")
      yield* operations.forget(alice.member)
      yield* together(
        [early, mapped({ ...alice, liveId: "live-2" }), { mappingVersion: "v1" }],
        [other, mapped(bob), { mappingVersion: "v1" }]
      )
      expect(yield* operations.webhook(early.id)).toMatchObject({
        status: "forgotten",
        mappingVersion: null,
        body: new Uint8Array()
      })
      expect(yield* operations.webhook(other.id)).toMatchObject({
        status: "mapped",
        mappingVersion: "v1",
        body: other.body
      })
    }))
})
