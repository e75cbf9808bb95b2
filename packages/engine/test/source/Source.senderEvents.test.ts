/** Which deliveries of each sender say that somebody signed up. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { Scheme, Senders } from "@usher/signatures"
import { sample } from "@usher/signatures/testing"
import { type Mapped, type Mapping, SignUps } from "../../src/index.ts"
import { layerExpressions } from "../evaluator.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

const mapped: Mapped.Mapped = { status: "mapped", invitations: [], reason: null }

/** What the mapping behind the filter gets to see of an event; nothing of one that is ignored. */
const seen = Effect.fnUntraced(function* (name: string, headers: Record<string, string>, body: Uint8Array) {
  const sender = Option.getOrThrow(Senders.get(name))
  const events: Array<Mapping.Event> = []
  const map = (event: Mapping.Event) => Effect.sync(() => (events.push(event), mapped))
  const signUps = SignUps.ofSender(sender)
  const filtered = signUps === undefined ? map : SignUps.only(signUps, map)
  const result = yield* filtered({ source: "form", headers, body: Scheme.coveredBody(sender.scheme, body) })
  return { result, event: events[0] }
}, Effect.provide(layerExpressions))

describe("the sample of each sender", () => {
  for (const sender of Senders.all) {
    it.effect(`${sender.name} is a sign-up`, () =>
      Effect.gen(function* () {
        const at = DateTime.makeUnsafe("2026-11-28T10:00:00Z")
        const { body, headers } = sample(sender, { member: "sam@example.com", id: "id-1", at })
        const { event } = yield* seen(sender.name, { ...headers }, utf8(body))
        assert.include(text(event?.body ?? new Uint8Array()), text(utf8(body)).slice(1, -1).slice(0, 20))
      })
    )
  }
})

const cases: ReadonlyArray<
  readonly [sender: string, headers: Record<string, string>, value: unknown, isSignUp: boolean]
> = [
  ["mailchimp", {}, { type: "unsubscribe" }, false],
  ["mailchimp", {}, { type: "cleaned" }, false],
  ["calendly", {}, { event: "invitee.canceled" }, false],
  ["cal-com", {}, { triggerEvent: "PING" }, false],
  ["cal-com", {}, { triggerEvent: "BOOKING_CANCELLED" }, false],
  ["stripe", {}, { type: "invoice.paid" }, false],
  ["stripe", {}, { type: "checkout.session.async_payment_succeeded" }, true],
  ["zoom", {}, { event: "meeting.registration_created" }, true],
  ["zoom", {}, { event: "webinar.registration_cancelled" }, false],
  ["github", { "x-github-event": "ping" }, { zen: "" }, false],
  ["github", { "x-github-event": "push" }, { payload: {} }, true],
  ["shopify", { "shopify-topic": "orders/create" }, {}, true],
  ["shopify", { "x-shopify-topic": "orders/cancelled" }, {}, false],
  ["eventbrite", {}, { config: { action: "order.refunded" } }, false],
  ["intercom", {}, { topic: "ping" }, false],
  ["intercom", {}, { topic: "contact.user.created" }, true],
  ["slack", {}, { event: { type: "message" } }, false],
  ["linear", {}, { action: "remove" }, false],
  ["segment", {}, { type: "track" }, false],
  ["segment-batch", {}, { type: "identify" }, true],
  ["hubspot", {}, [{ subscriptionType: "contact.deletion" }], false],
  ["hubspot", {}, { subscriptionType: "contact.deletion" }, false],
  ["hubspot", {}, [{ subscriptionType: "contact.deletion" }, { subscriptionType: "contact.creation" }], true],
  ["hubspot", {}, { properties: {} }, true],
  ["typeform", {}, { event_type: "form_response_partial" }, false],
  ["tally", {}, {}, true],
  ["paddle", {}, null, true],
  ["twilio", {}, { MessageSid: "SM1" }, true],
  ["zapier", {}, { type: "unsubscribe" }, true]
]
for (const [sender, headers, value, expected] of cases) {
  it.effect(`${sender}: ${JSON.stringify({ ...headers, value })} is ${expected ? "a" : "no"} sign-up`, () =>
    Effect.gen(function* () {
      const body =
        sender === "mailchimp"
          ? new URLSearchParams(Object.entries(Object(value))).toString()
          : JSON.stringify(value)
      const type = sender === "mailchimp" ? "application/x-www-form-urlencoded" : "application/json"
      const { result, event } = yield* seen(sender, { "content-type": type, ...headers }, utf8(body))
      assert.strictEqual(event !== undefined, expected)
      if (!expected) assert.strictEqual(result.status, "ignored")
    })
  )
}

it.effect("of a batch that is signed in part, the part alone tells", () =>
  Effect.gen(function* () {
    const batch = (...types: ReadonlyArray<string>) => utf8(JSON.stringify(types.map((type) => ({ type }))))
    const headers = { "content-type": "application/json" }
    const { result } = yield* seen("segment-batch", headers, batch("track", "identify"))
    assert.strictEqual(result.status, "ignored")
    const { event } = yield* seen("segment-batch", headers, batch("identify", "track"))
    assert.strictEqual(text(event?.body ?? new Uint8Array()), '{"type":"identify"}')
  })
)
