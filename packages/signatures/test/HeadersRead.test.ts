/** What a verifier and a delivery id read of a delivery's headers is named by the data, and nothing else is read. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { type Delivery, DeliveryId, Scheme, Secret, Senders, Verifier } from "../src/index.ts"
import { at, otherSecretFor, secretFor, senderNamed, sign, whsec } from "./samples.ts"

const names = [
  "x-acme-signature",
  "x-acme-signature-time",
  "x-acme-token",
  "x-acme-secret-version",
  "authorization",
  "cookie",
  "x-api-key",
  "x-acme"
] as const

const Name = Schema.Literals(names)
const Maybe = Schema.optionalKey(Name)

/** The choices of which a keyed scheme is made. */
const Choices = Schema.Struct({
  proof: Schema.Literals(["acme-proof", "x-acme-hmac"]),
  version: Maybe,
  timestamp: Maybe,
  signed: Maybe,
  byHeader: Schema.Boolean,
  id: Schema.Literals(["header", "all", "first", "form", "json", "body"]),
  idHeader: Schema.Literals(["X-Idempotency-Token", "acme-id"]),
  form: Schema.Boolean
})
type Choices = typeof Choices.Type

const keyedOf = ({ proof, version, timestamp, signed }: Choices): Scheme.Hmac => ({
  scheme: "hmac",
  header: proof,
  // One header has one value: what is signed, is the version or is the time.
  ...(version === undefined || version === timestamp ? {} : { version: { header: version, value: "v1" } }),
  ...(timestamp === undefined ? {} : { timestamp: { header: timestamp } }),
  parts: [
    ...(timestamp === undefined ? [] : (["timestamp", "."] as const)),
    ...(signed === undefined ? [] : [{ header: signed }, ":"]),
    "body"
  ] as Scheme.Hmac["parts"] & {}
})

const schemeOf = (choices: Choices): Scheme.Scheme =>
  choices.byHeader
    ? { scheme: "by-header", choices: [{ header: choices.idHeader.toLowerCase(), use: keyedOf(choices) }] }
    : keyedOf(choices)

const specOf = ({ id, idHeader: header }: Choices): DeliveryId.DeliveryId => {
  switch (id) {
    case "header":
      return { header }
    case "all":
      return { all: [{ header }, { form: "a" }] }
    case "first":
      return { first: [{ header: "not-there" }, { all: [{ json: "a" }, { header }] }, { header }] }
    case "form":
      return { form: "a" }
    case "json":
      return { json: "a" }
    case "body":
      return { body: "sha256" }
  }
}

const multipart = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--b--\r\n'

/** What is left of a delivery when only these headers are kept. */
const reduced = (delivery: Delivery.Delivery, names: ReadonlyArray<string>): Delivery.Delivery => ({
  ...delivery,
  headers: Object.fromEntries(Object.entries(delivery.headers).filter(([name]) => names.includes(name)))
})

const judged = Effect.fnUntraced(function* (
  scheme: Scheme.Scheme,
  secret: string,
  delivery: Delivery.Delivery
) {
  const verifier = yield* Verifier.make({ scheme, secrets: [Secret.make(secret)] })
  return Result.match(yield* Effect.result(verifier.verifyAt(delivery, at)), {
    onSuccess: ({ scheme, secret, deliveryId }) => ({ scheme, secret, deliveryId }),
    onFailure: ({ reason, message }) => ({ reason, message })
  })
})

/** Headers that no scheme and no id reads. */
const strange = { "user-agent": "acme/1", "x-other": "other", "x-forwarded-for": "203.0.113.7" }

describe("the headers that are read", () => {
  it.effect("are enough to verify a delivery of every sender, and to tell its id", () =>
    Effect.gen(function* () {
      for (const { name, scheme, deliveryId } of Senders.all) {
        const secret = secretFor(scheme)
        const headers = { ...strange, "content-type": "application/x-www-form-urlencoded" }
        const delivery = yield* sign(senderNamed(name), {
          secret,
          body: "type=a&id=1",
          at,
          id: "id_1",
          headers
        })
        const kept = reduced(delivery, [...Scheme.headersRead(scheme), ...DeliveryId.headersRead(deliveryId)])
        for (const one of [secret, otherSecretFor(scheme)]) {
          assert.deepStrictEqual(
            yield* judged(scheme, one, kept),
            yield* judged(scheme, one, delivery),
            `${name} verifies as before`
          )
        }
        assert.strictEqual(DeliveryId.of(deliveryId, kept), DeliveryId.of(deliveryId, delivery), name)
      }
    })
  )

  it.effect.prop(
    "are enough for every scheme and id that a configuration can describe",
    [Choices],
    ([choices]) =>
      Effect.gen(function* () {
        const [scheme, spec] = [schemeOf(choices), specOf(choices)]
        const signed = choices.signed === undefined ? {} : { [choices.signed]: "v1" }
        const delivery = yield* sign(scheme, {
          secret: whsec,
          body: choices.form ? multipart : '{"a":1}',
          at,
          headers: {
            ...strange,
            ...Object.fromEntries(names.map((name) => [name, "v1"])),
            ...signed,
            [choices.idHeader]: "id_1",
            "content-type": choices.form ? "multipart/form-data; boundary=b" : "application/json"
          }
        })
        const kept = reduced(delivery, [...Scheme.headersRead(scheme), ...DeliveryId.headersRead(spec)])
        assert.containsAllKeys(yield* judged(scheme, whsec, delivery), ["scheme"])
        for (const secret of [whsec, "another"]) {
          assert.deepStrictEqual(yield* judged(scheme, secret, kept), yield* judged(scheme, secret, delivery))
        }
        assert.strictEqual(DeliveryId.of(spec, kept), DeliveryId.of(spec, delivery))
        for (const name of Object.keys(strange)) assert.notInclude(Scheme.headersRead(scheme), name)
      })
  )

  it("name proofs apart from times, versions and ids", () => {
    const { scheme } = senderNamed("hubspot")
    assert.deepStrictEqual(Scheme.proofHeaders(scheme), ["x-hubspot-signature-v3"])
    assert.deepStrictEqual(Scheme.headersRead(scheme), [
      "x-hubspot-signature-v3",
      "x-hubspot-request-timestamp"
    ])
    const { scheme: older } = senderNamed("hubspot-v2")
    assert.deepStrictEqual(Scheme.proofHeaders(older), ["x-hubspot-signature"])
    assert.deepStrictEqual(Scheme.headersRead(older), ["x-hubspot-signature", "x-hubspot-signature-version"])
    assert.deepStrictEqual(Scheme.headersRead({ scheme: "token", query: "token" }), [])
    assert.deepStrictEqual(Scheme.proofHeaders({ scheme: "basic" }), ["authorization"])
    assert.deepStrictEqual(Scheme.proofHeaders({ scheme: "none" }), [])
  })

  it("claim the id of the family that carries a signature, where the scheme signs one", () => {
    const { scheme } = senderNamed("svix")
    const webhook = { "webhook-id": "msg_1", "webhook-signature": "v1,x" }
    assert.strictEqual(Scheme.claimedId(scheme, { "svix-id": "forged", ...webhook }), "msg_1")
    assert.strictEqual(Scheme.claimedId(scheme, { "webhook-id": "msg_1" }), undefined)
    assert.strictEqual(Scheme.claimedId(senderNamed("github").scheme, webhook), undefined)
  })
})
