import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { Delivery, DeliveryId, Sender } from "../src/index.ts"
import { senderNamed } from "./samples.ts"

const emptySha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
const idOf = (name: string, headers: Record<string, string>, body: string) =>
  Sender.deliveryId(senderNamed(name), Delivery.make({ headers, body }))
const json = (value: unknown) => JSON.stringify(value)

const multipart = [
  "--x",
  'Content-Disposition: form-data; name="pretty"',
  "",
  'a guest wrote; name="submissionID"\r\n\r\n1',
  "--x",
  'Content-Disposition: form-data; name="submissionID"',
  "",
  "5432",
  "--x--",
  ""
].join("\r\n")

const cases: ReadonlyArray<
  readonly [sender: string, headers: Record<string, string>, body: string, id: string]
> = [
  ["svix", { "svix-id": "msg_1" }, "", "msg_1"],
  ["svix", { "webhook-id": "msg_2" }, "", "msg_2"],
  ["github", { "X-GitHub-Delivery": "72d3162e" }, "", "72d3162e"],
  ["stripe", {}, json({ id: "evt_1" }), "evt_1"],
  ["typeform", {}, json({ event_id: "01H" }), "01H"],
  [
    "calendly",
    {},
    json({ event: "invitee.created", payload: { uri: "https://a/b" } }),
    "https%3A//a/b:invitee.created"
  ],
  ["cal-com", {}, json({ triggerEvent: "BOOKING_CREATED", payload: { uid: "u" } }), "u:BOOKING_CREATED"],
  [
    "zoom",
    {},
    json({ event: "e", event_ts: 7, payload: { object: { uuid: "u", registrant: { id: "r" } } } }),
    "e:7:u:r"
  ],
  ["zoom", {}, json({ event: "e", event_ts: 7, payload: { object: { uuid: "u" } } }), "e:7:u"],
  [
    "meta",
    {},
    json({ entry: [{ id: "1", changes: [{ value: { leadgen_id: "2" } }, { value: { leadgen_id: "3" } }] }] }),
    "1:2:3"
  ],
  [
    "mailchimp",
    {},
    "type=subscribe&fired_at=2026-11-23+09%3A00%3A00&data%5Bid%5D=8a",
    "subscribe:8a:2026-11-23 09%3A00%3A00"
  ],
  ["jotform", { "content-type": "multipart/form-data; boundary=x" }, multipart, "5432"],
  ["hubspot", { "x-hubspot-correlation-id": "c" }, json({ properties: {} }), "c"],
  ["github", {}, "", emptySha],
  ["stripe", {}, "", emptySha]
]
for (const [sender, headers, body, id] of cases) {
  it(`${sender}: ${id}`, () => assert.strictEqual(idOf(sender, headers, body), id))
}

it("keeps HubSpot's batch the same batch when a retry counts its attempt", () => {
  const batch = (attemptNumber: number) =>
    json(
      [1, 2].map((eventId) => ({
        eventId,
        portalId: 1,
        subscriptionType: "contact.creation",
        objectId: 3,
        occurredAt: 4,
        attemptNumber
      }))
    )
  assert.strictEqual(idOf("hubspot", {}, batch(0)), idOf("hubspot", {}, batch(5)))
  assert.strictEqual(idOf("hubspot", {}, batch(0)), "1:1:contact.creation:contact.creation:3:3:1:2:4:4")
})

it("composes no id of a batch in which one is missing", () => {
  const event = { eventId: 1, portalId: 2, subscriptionType: "t", objectId: 3, occurredAt: 4 }
  const { eventId: _, ...incomplete } = event
  const headers = { "x-hubspot-correlation-id": "c" }
  assert.strictEqual(idOf("hubspot", headers, json([event, incomplete])), "c")
})

it("falls back to the hash of the body for anything it cannot read", () => {
  for (const body of ["[]", "null", "{", "\0", json({ id: null }), json({ id: {} }), json({ id: "" })]) {
    assert.match(idOf("stripe", {}, body), /^[0-9a-f]{64}$/)
  }
})

it("keeps long ids short, and never confuses a composed id with another", () => {
  assert.lengthOf(idOf("github", { "x-github-delivery": "a".repeat(10_240) }, ""), 64)
  const one = json({ event: "c", payload: { uri: "a:b" } })
  const other = json({ event: "b:c", payload: { uri: "a" } })
  assert.notStrictEqual(idOf("calendly", {}, one), idOf("calendly", {}, other))
})

it("is written in a configuration file as data", () => {
  const decode = Schema.decodeUnknownSync(DeliveryId.DeliveryId)
  for (const data of [
    { header: "x-id" },
    { json: "data.id" },
    { all: [{ json: "a" }, { header: "b" }] },
    { body: "sha256" }
  ]) {
    assert.deepStrictEqual<unknown>(decode(data), data)
  }
})
