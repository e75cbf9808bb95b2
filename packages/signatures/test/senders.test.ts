/** What is particular to single senders, and shown by no published vector. */
import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Sender, Senders } from "../src/index.ts"
import { at, senderNamed, sign, verifyAt, whsec } from "./samples.ts"

it("is found by aliases and in any case, and is unknown otherwise", () => {
  const nameOf = (name: string) =>
    Option.getOrUndefined(Option.map(Senders.get(name), (sender) => sender.name))
  assert.deepStrictEqual(["CalCom", "cal.com", "Typeform", "facebook"].map(nameOf), [
    "cal-com",
    "cal-com",
    "typeform",
    "meta"
  ])
  assert.deepStrictEqual(["", "nobody", "__proto__", "constructor"].map(nameOf), [
    undefined,
    undefined,
    undefined,
    undefined
  ])
})

it.effect("HubSpot's escapes may be undone or left in the URL that v3 signs", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("hubspot-v3")
    assert(scheme.scheme === "hmac")
    const options = {
      secret: whsec,
      body: "",
      at,
      method: "GET",
      url: "https://a.example/x?q=%3A%2F%3f%20%26%3D%2B%2C"
    }
    yield* verifyAt(scheme, whsec, yield* sign(scheme, options))
    yield* verifyAt(scheme, whsec, yield* sign({ ...scheme, urlForms: ["exact"] }, options))
    const decoded = "https://a.example/x?q=:/?%20%26%3D%2B,"
    const delivery = yield* sign({ ...scheme, urlForms: ["exact"] }, { ...options, url: decoded })
    yield* verifyAt(scheme, whsec, { ...delivery, url: options.url })
  })
)

it.effect("HubSpot's older versions are verified by their own names only, also without a v3 signature", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("hubspot")
    yield* verifyAt(scheme, whsec, yield* sign(senderNamed("hubspot-v3"), { secret: whsec, body: "[]", at }))
    for (const name of ["hubspot-v1", "hubspot-v2"]) {
      const older = yield* sign(senderNamed(name), { secret: whsec, body: "[]", at })
      yield* verifyAt(senderNamed(name).scheme, whsec, older)
      assert.include(yield* Effect.flip(verifyAt(scheme, whsec, older)), {
        reason: "MissingHeader",
        header: "x-hubspot-signature-v3"
      })
    }
  })
)

it("names the weakness of plain hashes, and of them only", () => {
  const weak = Senders.all.flatMap((sender) => {
    const sentence = Sender.weaknessOf(sender)
    return sentence === undefined ? [] : [[sender.name, sentence.includes("use the sender hubspot.")]]
  })
  assert.deepStrictEqual(weak, [
    ["hubspot-v1", true],
    ["hubspot-v2", true]
  ])
  const own = { scheme: "hash", header: "x-acme", parts: ["body", "secret"] } as const
  assert.include(Sender.weaknessOf({ scheme: own }) ?? "", "a plain hash, which is weaker than an HMAC")
})

it.effect("Segment's batch is verified by its first event, however it is printed", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("segment-batch")
    const delivery = yield* sign(scheme, { secret: whsec, body: `[{"a":1},{"b":2}]`, at })
    const single = yield* sign(senderNamed("segment"), { secret: whsec, body: `{"a":1}`, at })
    assert.deepStrictEqual(delivery.headers, single.headers)
    yield* verifyAt(scheme, whsec, single)
  })
)

it.effect("Twilio signs the sorted form and its URL, with the default port or without", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("twilio")
    // The worked example of Twilio's own documentation and of twilio-node's tests.
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    }
    const body =
      "Digits=1234&CallSid=CA1234567890ABCDE&To=%2B18005551212&Caller=%2B14158675309&From=%2B14158675309"
    const url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    const base = yield* sign({ scheme: "none" }, { secret: "", body, at })
    yield* verifyAt(scheme, "12345", { ...base, url, headers })

    const options = { secret: whsec, body, at, headers: { "content-type": headers["content-type"] } }
    const ported = yield* sign(scheme, { ...options, url: "https://mycompany.com:443/x" })
    yield* verifyAt(scheme, whsec, { ...ported, url: "https://mycompany.com/x" })
    // Some of its products sign a query that was parsed and printed again.
    const legacy = yield* sign(scheme, { ...options, url: "https://mycompany.com/x?a=b%20c" })
    yield* verifyAt(scheme, whsec, { ...legacy, url: "https://mycompany.com/x?a=b+c" })
  })
)

it.effect("Twilio's JSON is covered by the hash in its signed URL", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("twilio")
    const delivery = yield* sign(scheme, {
      secret: whsec,
      body: "{}",
      at,
      url: "https://mycompany.com/x?a=1"
    })
    yield* verifyAt(scheme, whsec, delivery)
    const changed = { ...delivery, body: new TextEncoder().encode("[]") }
    assert.include(yield* Effect.flip(verifyAt(scheme, whsec, changed)), { reason: "NoSecretMatches" })
  })
)

it.effect("Cal.com without a secret is refused", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("cal-com")
    const delivery = yield* sign(scheme, { secret: whsec, body: "{}", at })
    const headers = { "x-cal-signature-256": "no-secret-provided" }
    assert.include(yield* Effect.flip(verifyAt(scheme, whsec, { ...delivery, headers })), {
      reason: "NoSecretMatches"
    })
  })
)

it.effect("Luma's format is no Standard Webhooks, though its headers have the same names", () =>
  Effect.gen(function* () {
    const luma = yield* sign(senderNamed("luma"), { secret: whsec, body: "{}", at, id: "wh_1" })
    const headers = { ...luma.headers, "webhook-timestamp": "1795424400" }
    const standard = senderNamed("standard-webhooks").scheme
    const error = yield* Effect.flip(verifyAt(standard, whsec, { ...luma, headers }))
    assert.include(error, { reason: "MalformedHeader", header: "webhook-signature" })
  })
)

it.effect("HubSpot's time cannot borrow a digit from the text before it", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("hubspot-v3")
    const signed = yield* sign(scheme, { secret: whsec, body: "", at, url: "https://a.example/x?page=7" })
    const headers = {
      ...signed.headers,
      "x-hubspot-request-timestamp": `7${signed.headers["x-hubspot-request-timestamp"]}`
    }
    const moved = { ...signed, url: "https://a.example/x?page=", headers }
    assert.include(yield* Effect.flip(verifyAt(scheme, whsec, moved)), { reason: "MalformedHeader" })
  })
)

it.effect("an id is sent in the first header that the sender has for it", () =>
  Effect.gen(function* () {
    for (const [name, header] of [
      ["shopify", "x-shopify-webhook-id"],
      ["twilio", "i-twilio-idempotency-token"],
      ["github", "x-github-delivery"]
    ] as const) {
      const { headers } = yield* sign(senderNamed(name), { secret: whsec, body: "", at, id: "d-1" })
      assert.strictEqual(headers[header], "d-1")
    }
  })
)
