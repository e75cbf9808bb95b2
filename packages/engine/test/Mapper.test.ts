import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import { Inbox, Mapper, type Mapping } from "../src/index.ts"
import { alice, body, delivery, eventually, layerInbox, makeSource, start } from "./fixtures.ts"

const layer = (mapping?: Mapping.Mapping) =>
  Layer.unwrap(
    Effect.map(makeSource(mapping === undefined ? {} : { mapping }), (source) =>
      Mapper.layer(new Map([[source.name, source]]))
    )
  )

const bytes = new TextEncoder().encode(body)

/** Accepts a delivery; it as it stands once it is mapped. */
const mapped = Effect.fnUntraced(function* (fields?: Parameters<typeof delivery>[0]) {
  const inbox = yield* Inbox.Inbox
  const { id } = yield* inbox.accept(delivery({ body: bytes, ...fields }))
  return yield* eventually(inbox.webhook(id), (webhook) => webhook?.status !== "received")
})

describe("the mapper", () => {
  it.effect("maps what was there before it, and what comes, by the rules of its source", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
      const before = yield* inbox.accept(delivery({ body: bytes }))
      yield* start(layer())
      const after = yield* mapped({ deliveryId: "delivery-2" })
      expect(after).toMatchObject({ status: "mapped", reason: null })
      expect(yield* inbox.invitations(before.id)).toMatchObject([
        { ...alice, spot: "main", webhookIds: [before.id, after?.id] }
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("says why it can't map a webhook, and maps the next one", () =>
    Effect.gen(function* () {
      const throws: Mapping.Mapping = ({ body }) =>
        Effect.sync(() => {
          throw new TypeError(`no seat for ${JSON.stringify(body)}`)
        })
      yield* start(layer(throws))
      const reasons = [
        yield* mapped({ deliveryId: "1" }),
        yield* mapped({ deliveryId: "2", source: "gone" }),
        yield* mapped({ deliveryId: "3", body: new TextEncoder().encode("<xml>") })
      ]
      expect(reasons.map((webhook) => [webhook?.status, webhook?.reason])).toEqual([
        ["unmappable", "the mapping threw TypeError: mend the program"],
        ["unmappable", "no source gone is configured any more"],
        ["unmappable", "the body is not JSON"]
      ])
    }).pipe(Effect.provide(layerInbox))
  )

  it.effect("goes on after the store could not be written", () =>
    Effect.gen(function* () {
      const inbox = yield* Inbox.Inbox
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
      expect(yield* eventually(inbox.webhook(id), (webhook) => webhook?.status !== "received")).toMatchObject(
        {
          status: "mapped"
        }
      )
    }).pipe(Effect.provide(layerInbox))
  )
})
