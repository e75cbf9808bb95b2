/** The ids under which an earlier version stored deliveries. */
import { assert, describe, it } from "@effect/vitest"
import { Delivery, type DeliveryId, Senders } from "../src/index.ts"
import { formerIds } from "../src/internal/formerIds.ts"
import { createHash } from "node:crypto"
import { Option } from "effect"

const sent = (body: string, headers: Readonly<Record<string, string>> = {}) =>
  Delivery.make({
    method: "POST",
    url: "https://hooks.example.com/",
    headers: { "content-type": "application/json", ...headers },
    body
  })

const row = (name: string) => Option.getOrThrow(Senders.get(name))

const own = (deliveryId: DeliveryId.DeliveryId) => ({ name: "own", deliveryId })

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex")

describe("the former ids of a delivery", () => {
  it("are the one of the sender's row as it was", () => {
    const headers = { "x-shopify-webhook-id": "w1", "x-shopify-event-id": "e1" }
    assert.deepStrictEqual(formerIds(row("shopify"), sent("{}", headers)), ["w1"])
    const payload = { uid: "u1", attendeeSeatId: "s1" }
    const booking = sent(JSON.stringify({ triggerEvent: "BOOKING_CREATED", payload }))
    assert.deepStrictEqual(formerIds(row("cal-com"), booking), ["u1:BOOKING_CREATED"])
  })

  it("are the hash of the body, as it was sent, where the row found none", () => {
    assert.deepStrictEqual(formerIds(row("shopify"), sent('{"order":1}')), [sha256('{"order":1}')])
  })

  it("are none where the sender's row has not changed, and finds none", () => {
    assert.deepStrictEqual(formerIds(row("github"), sent("{}")), [])
  })

  it("are what the configuration's own spec finds, and none without", () => {
    assert.deepStrictEqual(formerIds(own({ header: "x-id" }), sent("{}", { "x-id": "1" })), ["1"])
    assert.deepStrictEqual(formerIds(own({ header: "x-id" }), sent("{}")), [])
  })

  it("are by the configuration's own spec though the name is a row's", () => {
    const { deliveryId } = own({ header: "x-id" })
    const headers = { "x-id": "1", "x-shopify-webhook-id": "w1" }
    assert.deepStrictEqual(formerIds({ name: "shopify", deliveryId }, sent("{}", headers)), ["1"])
    assert.deepStrictEqual(formerIds({ name: "shopify", deliveryId }, sent("{}")), [])
    const mixed = { name: "twilio", deliveryId: row("shopify").deliveryId }
    assert.deepStrictEqual(formerIds(mixed, sent("{}")), [])
  })

  it("are large numbers as JSON.parse rounds them", () => {
    const id = formerIds(own({ json: "id" }), sent('{"id":813683310949021953}'))
    assert.deepStrictEqual(id, ["813683310949022000"])
  })

  it("are none in JSON that can't be read, or in a form", () => {
    const spec = own({ json: "id" })
    assert.deepStrictEqual(formerIds(spec, sent("{")), [])
    const form = sent("id=1", { "content-type": "application/x-www-form-urlencoded" })
    assert.deepStrictEqual(formerIds(spec, form), [])
  })

  it("are hashed above 255 characters, well-formed, and without NUL", () => {
    const idOf = (id: string) => formerIds(own({ json: "id" }), sent(JSON.stringify({ id })))
    assert.deepStrictEqual(idOf("x".repeat(255)), ["x".repeat(255)])
    assert.deepStrictEqual(idOf("x".repeat(256)), [sha256("x".repeat(256))])
    assert.deepStrictEqual(idOf("cut \ud83d"), ["cut \ufffd"])
    assert.deepStrictEqual(idOf("a\u0000b"), [])
  })
})
