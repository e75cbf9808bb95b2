/** Which deliveries are one, and which are two. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Delivery, Identity, type Sender, Senders } from "../src/index.ts"
import { sample } from "../src/testing.ts"
import { at, secondsAfter, secretFor, senderNamed, sign, verifyAt } from "./samples.ts"

const member = "sam@example.com"
const text = ({ content }: Identity.Identity) => new TextDecoder().decode(content)
const keyOf = (identity: Identity.Identity) => JSON.stringify([identity.deliveryId, text(identity)])

/** The paths of all values in a JSON value. */
const leaves = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, child]) => leaves(child, [...path, key]))
    : [path]

const changed = (value: unknown, [step, ...rest]: ReadonlyArray<string>): unknown => {
  if (step === undefined) return typeof value === "number" ? value + 1 : `${String(value)}x`
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).map(
    ([key, child]) => [key, key === step ? changed(child, rest) : child] as const
  )
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries)
}

interface Variant {
  readonly what: string
  readonly body: string
}

/** The body with each of its values changed, one at a time. */
const variantsOf = (contentType: string, body: string): ReadonlyArray<Variant> => {
  if (contentType.startsWith("application/json")) {
    const json: unknown = JSON.parse(body)
    return leaves(json).map((path) => ({ what: path.join("."), body: JSON.stringify(changed(json, path)) }))
  }
  if (contentType.startsWith("multipart/")) {
    return body
      .split("\r\n\r\n")
      .slice(1)
      .map((_, index) => ({
        what: `part ${index}`,
        body: body
          .split("\r\n\r\n")
          .map((part, at) => (at === index + 1 ? `x${part}` : part))
          .join("\r\n\r\n")
      }))
  }
  const fields = [...new URLSearchParams(body)]
  return fields.map(([name], index) => ({
    what: name,
    body: new URLSearchParams(
      fields.map(([name, value], at) => [name, at === index ? `${value}x` : value])
    ).toString()
  }))
}

const isRetryField = (sender: Sender.Sender, what: string) =>
  (sender.retryFields ?? []).some((path) => path.replaceAll("*", "0") === what)

for (const sender of Senders.all) {
  it.effect(`${sender.name}: two deliveries that differ anywhere are two, and a retry is one`, () =>
    Effect.gen(function* () {
      const { body, headers } = sample(sender, { member, id: "id-1", at })
      const signed = (body: string, moment = at) =>
        sign(sender, { secret: secretFor(sender.scheme), body, headers, id: "id-1", at: moment })
      const identify = Effect.fnUntraced(function* (body: string, moment = at) {
        const delivery = yield* signed(body, moment)
        const verified = yield* verifyAt(sender.scheme, secretFor(sender.scheme), delivery, moment)
        return Identity.of(sender, delivery, verified)
      })
      const first = keyOf(yield* identify(body))
      // Signed anew, as a retry is.
      if (sender.name !== "linear") assert.strictEqual(keyOf(yield* identify(body, secondsAfter(30))), first)
      const variants = variantsOf(headers["content-type"] ?? "", body)
      assert.isNotEmpty(variants)
      for (const { body: other, what } of variants) {
        if (sender.name === "linear" && what === "webhookTimestamp") continue
        const key = keyOf(yield* identify(other))
        assert.strictEqual(key === first, isRetryField(sender, what), what)
      }
    })
  )
}

describe("fields that change between retries", () => {
  const identityOf = (name: string, body: string) =>
    Identity.of(senderNamed(name), Delivery.make({ headers: {}, body }))

  const cases = [
    ["stripe", (n: number) => `{"id":"evt_1", "pending_webhooks": ${n}, "data":{"pending_webhooks":7}}`],
    [
      "hubspot",
      (n: number) =>
        `[{"objectId":9007199254740993,"attemptNumber":${n}},{"objectId":2,"attemptNumber":${n}}]`
    ],
    [
      "intercom",
      (n: number) => `{"id":"n","delivery_attempts":${n},"delivery_status":"${n}","delivered_at":${n}}`
    ],
    ["linear", (n: number) => `{"action":"create","webhookTimestamp":${n}}`]
  ] as const
  for (const [name, body] of cases) {
    it(`${name}: do not tell two deliveries apart`, () => {
      assert.strictEqual(text(identityOf(name, body(1))), text(identityOf(name, body(2))))
    })
  }

  it("are left out in the charset of the body", () => {
    const contentOf = (attempts: number, name = "ü") =>
      Identity.contentOf(
        senderNamed("intercom"),
        Delivery.make({
          headers: { "content-type": "application/json; charset=iso-8859-1" },
          body: Buffer.from(`{"id":"n","name":"${name}","delivery_attempts":${attempts}}`, "latin1")
        })
      )
    assert.deepStrictEqual(contentOf(1), contentOf(2))
    assert.notDeepEqual(contentOf(1), contentOf(1, "ö"))
  })

  it("count at their own place only", () => {
    const body = (n: number) => `{"id":"evt_1","data":{"pending_webhooks":${n}}}`
    assert.notStrictEqual(text(identityOf("stripe", body(1))), text(identityOf("stripe", body(2))))
  })

  it("leave every digit of the others", () => {
    const body = (id: string) => `[{"objectId":${id},"attemptNumber":1}]`
    const contents = ["9007199254740992", "9007199254740993", "9007199254740994"].map((id) =>
      text(identityOf("hubspot", body(id)))
    )
    assert.strictEqual(new Set(contents).size, 3)
  })

  it("leave a body that can't be read as it is", () => {
    const deep = `${"[".repeat(50_000)}1${"]".repeat(50_000)}`
    for (const body of [deep, "{", "", "null", "7", '{"a":"\ud800"}']) {
      const delivery = Delivery.make({ headers: {}, body })
      const { content } = Identity.of(senderNamed("stripe"), delivery)
      assert.strictEqual(text({ deliveryId: undefined, content }), new TextDecoder().decode(delivery.body))
    }
    const [one, other] = [0xff, 0xfe].map((byte) => {
      const body = Uint8Array.from([0x7b, 0x22, byte, 0x22, 0x3a, 0x31, 0x7d])
      return Identity.contentOf(senderNamed("stripe"), { ...Delivery.make({ headers: {}, body: "" }), body })
    })
    assert.notDeepEqual(one, other)
  })

  it("are told by half a surrogate pair from each other", () => {
    const of = (half: string) => text(identityOf("stripe", `{"email":"\\${half}"}`))
    assert.notStrictEqual(of("ud83d"), of("ud83c"))
  })
})

it("a form in parts is the same with another boundary, and not with other parts", () => {
  const jotform = senderNamed("jotform")
  const of = (boundary: string, value: string) =>
    text(
      Identity.of(
        jotform,
        Delivery.make({
          headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
          body: `--${boundary}\r\nContent-Disposition: form-data; name="submissionID"\r\n\r\n${value}\r\n--${boundary}--\r\n`
        })
      )
    )
  assert.strictEqual(of("a1", "5432"), of("b2", "5432"))
  assert.notStrictEqual(of("a1", "5432"), of("a1", "5433"))
  assert.notStrictEqual(of("a1", "54--b232"), of("b2", "54--a132"))
})

it("the id that is signed counts before any other", () => {
  const delivery = Delivery.make({ headers: { "svix-id": "unsigned" }, body: "{}" })
  const { deliveryId } = Identity.of(senderNamed("svix"), delivery, { deliveryId: "signed" })
  assert.strictEqual(deliveryId, "signed")
})

it("the seats of a booking, and the audiences of a person, are deliveries of their own", () => {
  const seat = (attendeeSeatId: string) =>
    JSON.stringify({ triggerEvent: "BOOKING_CREATED", payload: { uid: "u", attendeeSeatId } })
  const list = (list: string) =>
    new URLSearchParams({
      type: "subscribe",
      "data[id]": "1",
      "data[list_id]": list,
      fired_at: "t"
    }).toString()
  for (const [name, bodies] of [
    ["cal-com", [seat("s1"), seat("s2"), seat("s3")]],
    ["mailchimp", [list("a"), list("b")]]
  ] as const) {
    const ids = bodies.map(
      (body) => Identity.of(senderNamed(name), Delivery.make({ headers: {}, body })).deliveryId
    )
    assert.strictEqual(new Set(ids).size, bodies.length)
    assert.isFalse(ids.includes(undefined))
  }
})
