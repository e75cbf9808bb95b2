/** What a dispatcher gets that claims in the transaction that maps, and what it leaves to a claim of its own. */
import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect, PubSub } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Claiming, Inbox, Operations, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, lease } from "../../dispatching.ts"
import { alice, delivery, people, store } from "../../fixtures.ts"

const budget = { per10s: 2, per24h: 100, shares: { live: 0, retry: 0, replay: 0, import: 0 } }

/** A dispatcher that leads the Spot and claims while its webhooks are mapped: what it has claimed so, oldest first. */
const dispatcher = Effect.fnUntraced(function* (more?: Partial<Claiming.ClaimOptions>) {
  const inbox = yield* Inbox.Inbox
  const term = yield* SpotControl.SpotControl.use((control) => control.acquireLeadership("main"))
  const options = { spot: "main", calls: 8, lease, budget, term, ...more }
  const claimed: Array<Claiming.Claimed | undefined> = []
  // The first claim of a term sets the stored times.
  yield* inbox.claim(options)
  yield* inbox.claimsWhileMapping({
    spot: "main",
    whileMapping: (map) =>
      Effect.map(map(options), ([mapped, calls]) => {
        claimed.push(calls)
        return mapped
      })
  })
  return claimed
})

const statuses = (webhookId: string) =>
  Operations.Operations.use((operations) =>
    Effect.map(operations.invitations(webhookId), (all) => all.map(({ status }) => status))
  )

const control = SpotControl.SpotControl

/** What keeps a claim out of the transaction that maps. */
const hindrances = {
  "the Spot is paused": control.use((control) => control.pause("main", "operator", "so")),
  "the upstream refuses the key, and a probe is due": Effect.andThen(
    control.use((control) => control.pause("main", "upstream", "so")),
    TestClock.adjust("1 hour")
  ),
  "the Spot is in a cooldown": control.use((control) => control.cooldown("main", Duration.minutes(1))),
  "the probe of a cooldown is due": control.use((control) =>
    control.refused("main", { isProbe: false, requestedWait: undefined, waitAfter: () => Duration.zero })
  ),
  "another relay leads the Spot": control.use((control) => control.acquireLeadership("main")),
  "an invitation that has expired is to be swept first": Effect.gen(function* () {
    // The budget has no room for the last of them.
    yield* store(
      people(3),
      { deliveryId: "old" },
      { expiresAt: DateTime.add(yield* DateTime.now, { seconds: 1 }) }
    )
    yield* TestClock.adjust("1 second")
  })
}

onEach((test) => {
  test("a lone webhook's call is claimed with it, leased and paid for, and nobody is woken", (inbox) =>
    Effect.gen(function* () {
      const claimed = yield* dispatcher()
      const due = yield* inbox.signals("due")
      const id = yield* store([alice])
      expect(claimed).toMatchObject([
        {
          calls: [{ claims: [{ invitation: alice, attempt: 1 }], reservation: { spot: "main", number: 1 } }],
          isDrained: true
        }
      ])
      expect(yield* statuses(id)).toEqual(["sending"])
      expect(yield* PubSub.takeUpTo(due, 1)).toEqual([])
      expect(yield* claim()).toEqual([])
      const sql = yield* SqlClient.SqlClient
      const counted = yield* sql`SELECT name FROM counts WHERE span = 'hour' ORDER BY name`
      expect(counted).toEqual([{ name: "accepted" }, { name: "mapped" }, { name: "requested" }])
    }).pipe(Effect.scoped))

  for (const [name, hinder] of Object.entries(hindrances)) {
    test(`while ${name}, it is mapped, and its dispatcher is woken`, (inbox) =>
      Effect.gen(function* () {
        const claimed = yield* dispatcher()
        yield* hinder
        claimed.length = 0
        const due = yield* inbox.signals("due")
        const id = yield* store([alice])
        expect(claimed).toEqual([undefined])
        expect(yield* statuses(id)).toEqual(["pending"])
        expect(yield* PubSub.takeUpTo(due, 1)).toEqual(["due"])
      }).pipe(Effect.scoped))
  }

  test("what holds up another Spot does not keep the claim out", () =>
    Effect.gen(function* () {
      yield* control.use((control) => control.pause("another", "operator", "so"))
      const claimed = yield* dispatcher()
      yield* store([alice])
      expect(claimed).toMatchObject([{ calls: [{}], isProbe: false }])
    }).pipe(Effect.scoped))

  test("many go in one call, at most as many as the upstream took", () =>
    Effect.gen(function* () {
      yield* control.use((control) => control.limitBatch("main", 12))
      const claimed = yield* dispatcher({ batchSize: 100, budget: undefined })
      yield* store(people(20))
      yield* control.use((control) => control.growBatch("main", 1))
      yield* store(people(20, "live-2"), { deliveryId: "2" })
      const sizes = claimed.map((all) => all?.calls.map(({ claims }) => claims.length))
      expect(sizes[0]?.[0]).toBe(12)
      expect(sizes[1]).toContain(20)
    }).pipe(Effect.scoped))

  test("each goes alone where no batch size is given, however short the budget is", () =>
    Effect.gen(function* () {
      const claimed = yield* dispatcher({ budget: { ...budget, per10s: 10 } })
      yield* store(people(6))
      yield* store(people(2, "live-2"), { deliveryId: "2" })
      expect(claimed[1]?.calls.map(({ claims }) => claims.length)).toEqual([1, 1])
    }).pipe(Effect.scoped))

  test("where the budget has room for a part of it, the rest wakes the dispatcher", (inbox) =>
    Effect.gen(function* () {
      const claimed = yield* dispatcher()
      const due = yield* inbox.signals("due")
      const id = yield* store(people(3))
      expect(claimed).toMatchObject([{ calls: [{}, {}], isDrained: false }])
      expect((yield* statuses(id)).toSorted()).toEqual(["pending", "sending", "sending"])
      expect(yield* PubSub.takeUpTo(due, 1)).toEqual(["due"])
    }).pipe(Effect.scoped))

  test("what was due before goes first", () =>
    Effect.gen(function* () {
      yield* store(people(2), { deliveryId: "before" })
      const claimed = yield* dispatcher({ calls: 1 })
      yield* store([alice])
      const members = claimed.flatMap((all) => all?.calls.flatMap(({ claims }) => claims) ?? [])
      expect(members.map(({ invitation }) => invitation.member)).toEqual(["person-1@example.com"])
    }).pipe(Effect.scoped))

  test("a claim that fails does not keep the webhook from being mapped", () =>
    Effect.gen(function* () {
      const claimed = yield* dispatcher({
        batchSize: 100,
        sizeOf: () => {
          throw new Error("a bug")
        }
      })
      const id = yield* store([alice])
      expect(claimed).toEqual([undefined])
      expect(yield* statuses(id)).toEqual(["pending"])
    }).pipe(Effect.scoped))

  test("webhooks that are mapped together leave their claim to the dispatcher", (inbox, operations) =>
    Effect.gen(function* () {
      const claimed = yield* dispatcher()
      const webhooks = yield* Effect.forEach(["1", "2", "3"], (deliveryId) =>
        Effect.flatMap(inbox.accept(delivery({ deliveryId })), ({ id }) => operations.webhook(id))
      )
      const invitations = people(1)
      yield* Effect.forEach(
        webhooks.flatMap((webhook) => webhook ?? []),
        (webhook) => inbox.map(webhook, { status: "mapped", invitations, reason: null }, { spot: "main" }),
        { concurrency: "unbounded" }
      )
      expect(claimed).toEqual([])
      expect(yield* claim()).toHaveLength(1)
    }).pipe(Effect.scoped))
})
