import { assert, it } from "@effect/vitest"
import { Schema } from "effect"
import { Delivery, DeliveryId, Sender } from "../src/index.ts"
import { senderNamed } from "./samples.ts"

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
  readonly [sender: string, headers: Record<string, string>, body: string, id: string | undefined]
> = [
  ["svix", { "svix-id": "msg_1" }, "", "msg_1"],
  ["svix", { "webhook-id": "msg_2" }, "", "msg_2"],
  ["svix", { "svix-id": "a:b%" }, "", "a:b%"],
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
  [
    "mailchimp",
    {},
    "type=subscribe&fired_at=2026-11-23+09%3A00%3A00&data%5Bid%5D=8a&data%5Blist_id%5D=l1",
    "subscribe:l1:8a:2026-11-23 09%3A00%3A00"
  ],
  [
    "cal-com",
    {},
    json({ triggerEvent: "BOOKING_CREATED", payload: { uid: "u", attendeeSeatId: "s1" } }),
    "u:BOOKING_CREATED:s1"
  ],
  ["shopify", { "shopify-webhook-id": "a", "shopify-hmac-sha256": "x" }, "{}", "a"],
  [
    "shopify",
    { "shopify-webhook-id": "a", "shopify-hmac-sha256": "x", "x-shopify-webhook-id": "unsigned" },
    "{}",
    "a"
  ],
  [
    "shopify",
    { "x-shopify-event-id": "e", "x-shopify-topic": "customers/create", "x-shopify-hmac-sha256": "x" },
    "{}",
    "e:customers/create"
  ],
  ["svix", { "svix-id": "unsigned", "webhook-id": "msg_3", "webhook-signature": "v1,x" }, "", "msg_3"],
  ["twilio", {}, "MessageSid=SM1&SmsStatus=received&Body=join", "SM1:received"],
  ["segment-batch", {}, json([{ messageId: "m1" }, { messageId: "m2" }]), "m1"],
  ["webflow", {}, json({ _id: "f1", data: {} }), "f1"],
  ["jotform", { "content-type": "multipart/form-data; boundary=x" }, multipart, "5432"],
  ["hubspot", { "x-hubspot-correlation-id": "c" }, json({ properties: {} }), "c"],
  ["github", {}, "", undefined],
  ["stripe", {}, "", undefined],
  ["zapier", {}, json({ email: "ada@example.com" }), undefined]
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

it("finds no id in anything it cannot read", () => {
  for (const body of ["[]", "null", "{", "\0", json({ id: null }), json({ id: {} }), json({ id: "" })]) {
    assert.isUndefined(idOf("stripe", {}, body))
  }
})

it("keeps long ids short, and never confuses a composed id with another", () => {
  assert.match(idOf("github", { "x-github-delivery": "a".repeat(10_240) }, "") ?? "", /^sha256:[0-9a-f]{64}$/)
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
    {
      first: [
        { header: "x-id", with: "x-signature" },
        { all: [{ json: "id" }, { form: "email", hashed: true }] }
      ]
    },
    { body: "sha256" }
  ]) {
    assert.deepStrictEqual<unknown>(decode(data), data)
  }
})

const custom = (
  spec: DeliveryId.DeliveryId,
  body: string | Uint8Array,
  headers: Record<string, string> = {}
) => DeliveryId.of(spec, Delivery.make({ headers, body }))

it("keeps every digit of a large integer", () => {
  const ids = ["813683310949021977", "813683310949021978", "-9007199254740993", "12345678901234567890123"]
  for (const id of ids) {
    assert.strictEqual(custom({ json: "id" }, `{"id":${id},"email":"ada@example.com"}`), id)
    assert.strictEqual(custom({ all: [{ json: "id" }, { json: "t" }] }, `{"id":${id},"t":"x"}`), `${id}:x`)
  }
})

it("gives ids that a database would make equal different names", () => {
  const cut = (half: string) => custom({ json: "id" }, `{"id":"cut ${half}"}`)
  const ids = [
    cut("\\ud83d"),
    cut("\\ud83c"),
    cut("\ufffd"),
    cut("\\u0000"),
    cut(""),
    custom({ header: "x-id" }, "", { "x-id": "a".repeat(256) }),
    custom({ header: "x-id" }, "", { "x-id": `${"a".repeat(255)}b` })
  ]
  assert.strictEqual(new Set(ids).size, ids.length)
  for (const id of ids) {
    assert.isTrue(id?.isWellFormed())
    assert.isAtMost(id?.length ?? 0, 255)
    assert.notInclude(id, "\0")
  }
})

it("hashes an id that looks like the hash of another", () => {
  const long = "a".repeat(300)
  const hash = custom({ header: "x-id" }, "", { "x-id": long }) ?? ""
  assert.notStrictEqual(custom({ header: "x-id" }, "", { "x-id": hash }), hash)
})

it("reads no id from bytes that are no text", () => {
  const bytes = Uint8Array.from([
    ...new TextEncoder().encode('{"id":"a'),
    0xff,
    ...new TextEncoder().encode('"}')
  ])
  assert.isUndefined(custom({ json: "id" }, bytes))
})

it("reads an id in the charset of the body", () => {
  const text = '{"id":"lt1","n":"ü"}'
  const latin1 = { "content-type": "application/json; charset=iso-8859-1" }
  assert.strictEqual(custom({ json: "id" }, Buffer.from(text, "latin1"), latin1), "lt1")
  assert.strictEqual(custom({ json: "n" }, Buffer.from(text, "latin1"), latin1), "ü")
  const wide = Buffer.from(`\ufeff${text}`, "utf16le")
  assert.strictEqual(custom({ json: "id" }, wide), "lt1")
  assert.strictEqual(custom({ json: "id" }, Buffer.from(wide).swap16()), "lt1")
  assert.isUndefined(custom({ json: "id" }, Buffer.from(text, "latin1")))
})

it("reads a path from the field of a form that holds JSON", () => {
  const headers = { "content-type": "application/x-www-form-urlencoded" }
  const body = new URLSearchParams({ payload: `{"id":9007199254740993}`, kind: "x" }).toString()
  assert.strictEqual(custom({ json: "payload.id" }, body, headers), "9007199254740993")
  assert.strictEqual(custom({ json: "kind" }, body, headers), "x")
})

it("puts no address into an id", () => {
  const booking = (email: string) =>
    json({ triggerEvent: "BOOKING_CREATED", payload: { uid: "u", attendees: [{ email }] } })
  const [ada, bob] = ["ada@example.com", "bob@example.com"].map((email) =>
    idOf("cal-com", {}, booking(email))
  )
  assert.match(ada ?? "", /^u:BOOKING_CREATED:[0-9a-f]{32}$/)
  assert.notStrictEqual(ada, bob)
})

it("tells an edit in Jotform from the submission", () => {
  const submission = (submitDate: string) =>
    new URLSearchParams({ submissionID: "5432", rawRequest: json({ submitDate }) }).toString()
  const headers = { "content-type": "application/x-www-form-urlencoded" }
  assert.strictEqual(idOf("jotform", headers, submission("1")), "5432:1")
  assert.strictEqual(idOf("jotform", headers, submission("2")), "5432:2")
})
