/** Which deliveries say that somebody signed up, and what a signature covers of them. */
import { assert, describe, it } from "@effect/vitest"
import { Scheme, Sender, Senders } from "../src/index.ts"
import { sample } from "../src/testing.ts"
import { at, senderNamed } from "./samples.ts"

const utf8 = (text: string) => new TextEncoder().encode(text)

/** The value of a sample's body: JSON, or the fields of a form. */
const valueOf = (contentType: string, body: string): unknown =>
  contentType.startsWith("application/json")
    ? JSON.parse(body)
    : Object.fromEntries(new URLSearchParams(contentType.startsWith("multipart/") ? "" : body))

const isSignUp = (name: string, headers: Record<string, string>, value: unknown) => {
  const { events } = senderNamed(name)
  return events === undefined || Sender.isAmong(Sender.eventNames(events, headers, value), events.signUps)
}

for (const sender of Senders.all) {
  it(`${sender.name}: its sample is a sign-up, and names its event where the sender's deliveries do`, () => {
    const { body, headers } = sample(sender, { member: "sam@example.com", id: "id-1", at })
    const value = valueOf(headers["content-type"] ?? "", body)
    assert.isTrue(isSignUp(sender.name, { ...headers }, value))
    // A workflow of HubSpot sends a contact and names no event.
    if (sender.events === undefined || ["hubspot", "hubspot-v2", "hubspot-v3"].includes(sender.name)) return
    assert.isNotEmpty(Sender.eventNames(sender.events, headers, value))
  })
}

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
  ["segment-batch", {}, [{ type: "track" }, { type: "identify" }], false],
  ["segment-batch", {}, { type: "identify" }, true],
  ["hubspot", {}, [{ subscriptionType: "contact.deletion" }], false],
  ["hubspot", {}, [{ subscriptionType: "contact.deletion" }, { subscriptionType: "contact.creation" }], true],
  ["hubspot", {}, { properties: {} }, true],
  ["typeform", {}, { event_type: "form_response_partial" }, false],
  ["tally", {}, {}, true],
  ["paddle", {}, null, true],
  ["twilio", {}, { MessageSid: "SM1" }, true],
  ["zapier", {}, { type: "unsubscribe" }, true]
]
for (const [sender, headers, value, expected] of cases) {
  it(`${sender}: ${JSON.stringify({ ...headers, value })} is ${expected ? "a" : "no"} sign-up`, () =>
    assert.strictEqual(isSignUp(sender, headers, value), expected))
}

it("gives every name of a batch, each once", () => {
  const { events } = senderNamed("hubspot")
  const types = ["contact.creation", "contact.creation", "contact.deletion"]
  const value = types.map((subscriptionType) => ({ subscriptionType }))
  assert.deepStrictEqual(events && Sender.eventNames(events, {}, value), [
    "contact.creation",
    "contact.deletion"
  ])
})

describe("the part of a body that is signed", () => {
  it("is the body itself, but for Segment's batches", () => {
    const body = utf8('[{"a":1},{"b":2}]')
    for (const { name, scheme } of Senders.all) {
      const covered = new TextDecoder().decode(Scheme.coveredBody(scheme, body))
      assert.strictEqual(covered, name === "segment-batch" ? '{"a":1}' : '[{"a":1},{"b":2}]')
    }
  })

  it("is all of a single event", () => {
    const { scheme } = senderNamed("segment-batch")
    for (const text of ['{"a":1}', "[", ""]) {
      assert.strictEqual(new TextDecoder().decode(Scheme.coveredBody(scheme, utf8(text))), text)
    }
  })
})

describe("acknowledgements", () => {
  it("Twilio gets an empty TwiML document", () => {
    const { content } = senderNamed("twilio").acknowledge
    assert.strictEqual(content?.type, "text/xml")
    assert.match(content?.body ?? "", /^<\?xml [^>]*\?><Response\/>$/)
  })

  it("a sender's own status is among those that it counts as success", () => {
    const strict = Senders.all.flatMap(({ acknowledge: { status, statuses }, name }) =>
      statuses === undefined ? [] : [[name, status, statuses] as const]
    )
    assert.deepStrictEqual(
      strict.map(([name]) => name),
      ["zoom", "paddle", "meta", "linear"]
    )
    for (const [, status, statuses] of strict) assert.include(statuses, status)
  })
})
