import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { Webhook } from "@usher/model"
import { Inbox, Mapper, type Mapping, Operations, type Source } from "../../src/index.ts"
import { databaseFile } from "../databases.ts"
import { claimOne, settle, settlement } from "../dispatching.ts"
import {
  alice,
  body,
  delivery,
  eventually,
  layerInbox,
  layerInboxAt,
  layerSources,
  makeSource,
  start
} from "../fixtures.ts"

const mapper = (options?: Partial<Source.Options>) =>
  Mapper.layer.pipe(Layer.provideMerge(layerSources(options)))

const layer = (mapping?: Mapping.Mapping) => mapper(mapping === undefined ? {} : { mapping })

const bytes = new TextEncoder().encode(body)

/** Accepts a delivery; it as it stands once it is mapped. */
const mapped = Effect.fnUntraced(function* (fields?: Parameters<typeof delivery>[0]) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(delivery({ body: bytes, ...fields }))
  return yield* eventually(operations.webhook(id), (webhook) => webhook?.status !== "received")
})

describe("the mapper", () => {
  it.effect("maps what was there before it, and what comes, by the rules of its source", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const operations = yield* Operations.Operations
      const before = yield* inbox.accept(delivery({ body: bytes }))
      yield* start(layer())
      const after = yield* mapped({ deliveryId: "delivery-2" })
      expect(after).toMatchObject({ status: "mapped", reason: null })
      expect(yield* operations.invitations(before.id)).toMatchObject([
        { ...alice, spot: "main", webhookIds: [before.id, after?.id] }
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("says why it can't map a webhook, and maps the next one", () =>
    Effect.gen(function* () {
      const map: Mapping.Mapping["map"] = ({ body }) =>
        Effect.sync(() => {
          throw new TypeError(`no seat for ${new TextDecoder().decode(body)}`)
        })
      yield* start(layer({ version: "1", map }))
      const reasons = [yield* mapped({ deliveryId: "1" }), yield* mapped({ deliveryId: "2", source: "gone" })]
      expect(reasons.map((webhook) => [webhook?.status, webhook?.reason])).toEqual([
        ["unmappable", "the mapping threw TypeError: fix the program"],
        ["unmappable", "the source gone was removed from the configuration"]
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("keeps with each webhook which mapping it was mapped with, also when it is mapped again", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const version = (webhook: Webhook.Webhook | undefined) => webhook?.mappingVersion
      const relay = yield* start(layer())
      const webhook = yield* mapped()
      const { mapping } = yield* makeSource()
      expect(mapping.version).toMatch(/^[0-9a-f]{12}$/)
      expect(version(webhook)).toBe(mapping.version)
      expect(version(yield* mapped({ deliveryId: "2", source: "gone" }))).toBe(null)
      yield* relay.stop

      const map: Mapping.Mapping["map"] = () => Effect.succeed({ status: "ignored", reason: "not now" })
      yield* start(layer({ version: "second", map }))
      yield* Stream.runDrain(operations.remap({ ids: [webhook?.id ?? ""], status: ["mapped"] }))
      const again = yield* eventually(
        operations.webhook(webhook?.id ?? ""),
        (webhook) => webhook?.status === "ignored"
      )
      expect(version(again)).toBe("second")
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("goes on after the store could not be written", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const operations = yield* Operations.Operations
      const tries = yield* Ref.make(0)
      const broken = Inbox.Inbox.of({
        ...inbox,
        map: (webhook, spot, mapped) =>
          Effect.flatMap(
            Ref.getAndUpdate(tries, (count) => count + 1),
            (count) =>
              count === 0
                ? Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("disk I/O error") }))
                : inbox.map(webhook, spot, mapped)
          )
      })
      yield* start(layer().pipe(Layer.provide(Layer.succeed(Inbox.Inbox, broken))))
      const { id } = yield* inbox.accept(delivery({ body: bytes }))
      yield* eventually(Ref.get(tries), (count) => count === 1)
      yield* TestClock.adjust("1 second")
      expect(
        yield* eventually(operations.webhook(id), (webhook) => webhook?.status !== "received")
      ).toMatchObject({
        status: "mapped"
      })
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect.each([
    ["a time", DateTime.makeUnsafe(5_000), 5_000],
    ["a length from receipt", Duration.seconds(20), 30_000]
  ] as const)("gives invitations the deadline of their source: %s", ([, expires, deadline]) =>
    Effect.gen(function* () {
      yield* TestClock.adjust("10 seconds")
      const operations = yield* Operations.Operations
      yield* start(mapper({ expires }))
      const webhook = yield* mapped()
      expect(yield* operations.invitations(webhook?.id ?? "")).toMatchObject([
        { expiresAt: DateTime.makeUnsafe(deadline) }
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("invites once more after the time that its source states", () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      yield* start(mapper({ reinviteAfter: Duration.days(1) }))
      yield* mapped()
      yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
      yield* TestClock.adjust("1 day")
      const again = yield* mapped({ deliveryId: "2" })
      expect(yield* operations.invitations(again?.id ?? "")).toMatchObject([
        { status: "pending", attempts: 0 }
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("keeps back what a program's mapping gives and no table could hold, and maps the next one", () =>
    Effect.gen(function* () {
      const map: Mapping.Mapping["map"] = () =>
        Effect.succeed({
          status: "mapped",
          invitations: [
            { ...alice, liveId: "l".repeat(10_000) },
            { ...alice, member: "no\u0000body" }
          ],
          reason: null
        })
      yield* start(layer({ version: "1", map }))
      expect(yield* mapped()).toMatchObject({
        status: "unmappable",
        reason:
          "the mapping returned an invalid invitation; the mapping returned a text that is neither an email address nor a Spot member id"
      })
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("finds within 30 seconds what another process stored", () =>
    Effect.gen(function* () {
      const filename = yield* databaseFile
      yield* Effect.gen(function* () {
        const operations = yield* Operations.Operations
        yield* start(layer())
        const { id } = yield* Inbox.Inbox.use((other) => other.accept(delivery({ body: bytes }))).pipe(
          Effect.provide(layerInboxAt(filename), { local: true })
        )
        yield* Effect.replicateEffect(Effect.yieldNow, 100, { discard: true })
        expect(yield* operations.webhook(id)).toMatchObject({ status: "received" })
        yield* TestClock.adjust("30 seconds")
        yield* eventually(operations.webhook(id), (webhook) => webhook?.status === "mapped")
      }).pipe(Effect.provide(layerInboxAt(filename)))
    })
  )
})
