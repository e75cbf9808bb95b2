/** What a body is read as is decided by the sender's row; a request picks only among the row's media types. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Result } from "effect"
import { Body, Delivery, Identity, Sender, Senders } from "../src/index.ts"
import { sample } from "../src/testing.ts"
import { at, senderNamed } from "./samples.ts"

const bytes = (text: string) => new TextEncoder().encode(text)
const urlencoded = { "content-type": "application/x-www-form-urlencoded" }
const multipart = { "content-type": "multipart/form-data; boundary=x" }
const form = "email=mallory%40evil.example&id=1"
const parts = [
  '{"email":"alice@example.com"}',
  '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nmallory@evil.example\r\n--x--\r\n'
].join("\r\n")

const isJsonOnly = ({ mediaTypes }: Sender.Sender) => mediaTypes.every((type) => type === "application/json")

describe("the media types of a row", () => {
  it("are JSON alone, but for these senders", () => {
    const others = Senders.all.filter((sender) => !isJsonOnly(sender))
    const [json, form, parts] = [
      "application/json",
      "application/x-www-form-urlencoded",
      "multipart/form-data"
    ] as const
    assert.deepStrictEqual(Object.fromEntries(others.map(({ name, mediaTypes }) => [name, mediaTypes])), {
      custom: [json, form, parts],
      "raw-hmac-sha256-hex": [json, form, parts],
      "x-hub-sha1": [json, form, parts],
      "x-hub-sha256": [json, form, parts],
      token: [json, form, parts],
      basic: [json, form, parts],
      none: [json, form, parts],
      zapier: [json, form, parts],
      make: [json, form, parts],
      jotform: [parts, form],
      "cal-com": [json, form],
      mailchimp: [form],
      slack: [json, form],
      twilio: [form, json],
      github: [json, form]
    })
  })

  it("include the one of the sender's sample", () => {
    for (const sender of Senders.all) {
      const { body, headers } = sample(sender, { member: "sam@example.com", id: "id-1", at })
      const [type] = headers["content-type"]?.split(";") ?? []
      assert.include(sender.mediaTypes, type, sender.name)
      assert.isTrue(Result.isSuccess(Body.decode(headers, bytes(body), sender.mediaTypes)), sender.name)
    }
  })
})

describe("a body of a sender of JSON", () => {
  for (const sender of Senders.all.filter(isJsonOnly)) {
    it(`${sender.name}: is read as no form, whatever its Content-Type says`, () => {
      for (const [headers, body] of [
        [urlencoded, form],
        [multipart, parts]
      ] as const) {
        assert.deepStrictEqual(
          Body.decode(headers, bytes(body), sender.mediaTypes),
          Result.fail("the body is not JSON")
        )
        const delivery = Delivery.make({ headers, body })
        const id = Identity.of({ ...sender, deliveryId: { form: "email" } }, delivery)
        assert.strictEqual(id.deliveryId, undefined)
        assert.deepStrictEqual(new Uint8Array(id.content), bytes(body))
      }
    })

    it(`${sender.name}: is read as JSON, whatever its Content-Type says`, () => {
      for (const headers of [{}, urlencoded, multipart, { "content-type": "text/plain" }]) {
        const json = Body.toJson(headers, bytes('{"a":"b=c&d"}'), sender.mediaTypes)
        assert.deepStrictEqual(json, Result.succeed('{"a":"b=c&d"}'))
      }
    })
  }
})

it("a sender of forms is read by no JSON, whatever the Content-Type says", () => {
  const { mediaTypes } = senderNamed("mailchimp")
  for (const headers of [{}, urlencoded, multipart, { "content-type": "application/json" }]) {
    assert.deepStrictEqual(
      Body.decode(headers, bytes(form), mediaTypes),
      Result.succeed({ email: "mallory@evil.example", id: "1" })
    )
  }
})

it("a sender of both is read as its Content-Type says, and JSON is read as no form", () => {
  const { mediaTypes } = senderNamed("github")
  assert.deepStrictEqual(
    Body.decode(urlencoded, bytes(form), mediaTypes),
    Result.succeed({ email: "mallory@evil.example", id: "1" })
  )
  assert.isTrue(
    Result.isFailure(Body.decode({ "content-type": "application/json" }, bytes(form), mediaTypes))
  )
  for (const headers of [urlencoded, multipart]) {
    assert.deepStrictEqual(
      Body.decode(headers, bytes('{"a":"&email=mallory@evil.example"}'), mediaTypes),
      Result.succeed({ a: "&email=mallory@evil.example" })
    )
  }
})

it("a sender of both whose Content-Type names neither is read as it usually is", () => {
  for (const headers of [{}, multipart]) {
    const decode = (name: string, body: string) =>
      Body.decode(headers, bytes(body), senderNamed(name).mediaTypes)
    assert.isTrue(Result.isFailure(decode("github", form)))
    assert.deepStrictEqual(decode("twilio", "MessageSid=SM1"), Result.succeed({ MessageSid: "SM1" }))
    assert.deepStrictEqual(decode("twilio", '{"a":1}'), Result.succeed({ a: 1 }))
  }
})

it("a delivery of a sender of JSON is the same whatever its Content-Type says", () => {
  const body = JSON.stringify({ event_id: "e", at: DateTime.formatIso(at) })
  const identities = [{}, urlencoded, multipart].map((headers) => {
    const { content, deliveryId } = Identity.of(senderNamed("typeform"), Delivery.make({ headers, body }))
    return [deliveryId, Buffer.from(content).toString()]
  })
  assert.deepStrictEqual(identities, [
    ["e", body],
    ["e", body],
    ["e", body]
  ])
})
