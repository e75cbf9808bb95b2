/** Wherever a program gives the name of a header, it may give it in any case. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { DeliveryId, Delivery, Diagnosis, Scheme, Senders, Verifier } from "../src/index.ts"
import { at, secretFor, sign, verifyAt, whsec } from "./samples.ts"

const shout = (name: string) => name.replaceAll(/(?:^|-)[a-z]/g, (letters) => letters.toUpperCase())

/** The same scheme with every header name as its documentation writes it. */
const inCapitals = (value: unknown, key = ""): unknown => {
  if (typeof value === "string") return /^(?:header|prefixes)$/.test(key) ? shout(value) : value
  if (Array.isArray(value)) return value.map((item) => inCapitals(item, key))
  if (typeof value !== "object" || value === null || DateTime.isDateTime(value)) return value
  if (!Object.keys(value).includes("scheme") && Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, inCapitals(item, name)]))
}

const isScheme = (value: unknown): value is Scheme.Scheme => typeof value === "object"

const shouted = (scheme: Scheme.Scheme): Scheme.Scheme => {
  const other = inCapitals(scheme)
  return isScheme(other) ? other : scheme
}

const signedHeader: Scheme.Scheme = {
  scheme: "hmac",
  header: ["x-signature", "x-old-signature"],
  timestamp: { header: "x-time" },
  version: { header: "x-version", value: "v1" },
  parts: ["timestamp", ".", { header: "x-event" }, ".", "body"]
}

const byHeader: Scheme.Scheme = {
  scheme: "by-header",
  choices: [{ header: "x-version", value: "v2", use: { scheme: "hmac", header: "x-signature" } }]
}

const schemes: ReadonlyArray<readonly [string, Scheme.Scheme]> = [
  ...Senders.all.map(({ name, scheme }) => [name, scheme] as const),
  ["a signed header", signedHeader],
  ["a choice by header", byHeader]
]

describe("a scheme with its headers in capitals", () => {
  for (const [name, scheme] of schemes) {
    it.effect(`of ${name} verifies, signs and is read as the same one`, () =>
      Effect.gen(function* () {
        const other: Scheme.Scheme = shouted(scheme)
        const options = { secret: secretFor(scheme), body: '{"webhookTimestamp":1795424400000}', at }
        const headers = { "x-event": "e" }
        const signed = yield* sign(scheme, { ...options, headers })
        assert.deepStrictEqual(yield* sign(other, { ...options, headers }), signed)
        yield* verifyAt(other, options.secret, signed)
        for (const read of [Scheme.headersRead, Scheme.proofHeaders, Scheme.signatureHeaders]) {
          assert.deepStrictEqual(read(other), read(scheme))
        }
        assert.strictEqual(Scheme.needsUrl(other, signed.headers), Scheme.needsUrl(scheme, signed.headers))
        assert.strictEqual(Scheme.claimedId(other, signed.headers), Scheme.claimedId(scheme, signed.headers))
      })
    )
  }

  it.effect("is diagnosed as the same one", () =>
    Effect.gen(function* () {
      const signed = yield* sign(signedHeader, {
        secret: whsec,
        body: "{ }",
        at,
        headers: { "X-Event": "e" }
      })
      const delivery = { ...signed, body: new TextEncoder().encode("{}") }
      const reports = yield* Effect.forEach([signedHeader, shouted(signedHeader)], (scheme: Scheme.Scheme) =>
        Diagnosis.diagnose({
          scheme,
          secrets: [whsec],
          delivery,
          at,
          others: [{ name: "o", scheme, secrets: [] }]
        })
      )
      assert.deepStrictEqual(reports[1], reports[0])
    })
  )
})

it("a tolerance may be a text, as in a configuration file", () => {
  const scheme = { scheme: "hmac", header: "X-Signature", tolerance: "5 minutes" } as const
  assert.deepStrictEqual(Scheme.make(scheme), Scheme.make(Scheme.make(scheme)))
  assert.isDefined(Verifier.makeUnsafe({ scheme, secrets: ["s"] }))
})

it("a delivery id's headers may be in capitals", () => {
  const delivery = Delivery.make({ headers: { "X-ID": "1", "x-b": "2" }, body: "" })
  const spec = { first: [{ all: [{ header: "X-Id", with: "X-B" }, { header: "X-B" }] }] } as const
  assert.strictEqual(DeliveryId.of(spec, delivery), "1:2")
  assert.deepStrictEqual(DeliveryId.headersRead(spec), ["x-id", "x-b"])
})
