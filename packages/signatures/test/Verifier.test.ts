import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { Secret, Senders, Verifier } from "../src/index.ts"
import {
  at,
  otherSecretFor,
  otherWhsec,
  secondsAfter,
  secretFor,
  senderNamed,
  sign,
  verifyAt,
  whsec
} from "./samples.ts"

// Linear signs the time in its body.
const body = JSON.stringify({ email: "ada@example.com", webhookTimestamp: DateTime.toEpochMillis(at) })

for (const sender of Senders.all.filter(({ scheme }) => scheme.scheme !== "none")) {
  it.effect(`${sender.name}: verifies what it signs, and nothing signed with another secret`, () =>
    Effect.gen(function* () {
      const { scheme } = sender
      const delivery = yield* sign(sender, { secret: secretFor(scheme), body, at, id: "evt_1" })
      assert.strictEqual((yield* verifyAt(scheme, secretFor(scheme), delivery)).secret, "#1")
      const error = yield* Effect.flip(verifyAt(scheme, otherSecretFor(scheme), delivery))
      assert.include(error, { _tag: "VerificationFailed", reason: "NoSecretMatches" })
    })
  )

  it.effect(`${sender.name}: says which header is missing from a bare request`, () =>
    Effect.gen(function* () {
      const { scheme } = sender
      const bare = yield* sign({ scheme: "none" }, { secret: "", body, at })
      const error = yield* Effect.flip(verifyAt(scheme, secretFor(scheme), bare))
      assert.strictEqual(error.reason, "MissingHeader")
      assert.match(error.message, /header|query parameter/)
    })
  )
}

it.effect("none: takes whatever comes", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("none")
    const delivery = yield* sign(scheme, { secret: "", body, at })
    assert.strictEqual((yield* verifyAt(scheme, [], delivery)).secret, "none")
  })
)

describe("time", () => {
  const stripe = senderNamed("stripe")
  const signed = sign(stripe, { secret: whsec, body, at })

  it.effect("accepts the tolerance to the second, both ways, and tells when it was signed", () =>
    Effect.gen(function* () {
      const delivery = yield* signed
      for (const seconds of [-300, 0, 300]) {
        const verified = yield* verifyAt(stripe.scheme, whsec, delivery, secondsAfter(seconds))
        assert.deepStrictEqual(verified.signedAt, Option.some(at))
      }
    })
  )

  it.effect("refuses a second more, with the skew in seconds", () =>
    Effect.gen(function* () {
      const delivery = yield* signed
      const old = yield* Effect.flip(verifyAt(stripe.scheme, whsec, delivery, secondsAfter(301)))
      assert.include(old, { reason: "TooOld", skewSeconds: 301, header: "stripe-signature" })
      const early = yield* Effect.flip(verifyAt(stripe.scheme, whsec, delivery, secondsAfter(-301)))
      assert.include(early, { reason: "FromFuture", skewSeconds: 301 })
    })
  )

  it.effect("judges HubSpot by its age only, as HubSpot's SDKs do", () =>
    Effect.gen(function* () {
      const hubspot = senderNamed("hubspot-v3")
      const delivery = yield* sign(hubspot, { secret: whsec, body, at })
      yield* verifyAt(hubspot.scheme, whsec, delivery, secondsAfter(-3600))
      const old = yield* Effect.flip(verifyAt(hubspot.scheme, whsec, delivery, secondsAfter(301)))
      assert.strictEqual(old.reason, "TooOld")
    })
  )

  it.effect("takes Linear's time from the signed body, not from the header beside it", () =>
    Effect.gen(function* () {
      const linear = senderNamed("linear")
      const old = DateTime.toEpochMillis(at) - 61_000
      const delivery = yield* sign(linear, {
        secret: whsec,
        body: JSON.stringify({ webhookTimestamp: old }),
        at
      })
      assert.strictEqual((yield* Effect.flip(verifyAt(linear.scheme, whsec, delivery))).reason, "TooOld")
    })
  )

  for (const text of ["hello", "1.5", "-1", "1e9", " 1", "0x10", "", "９９９", "9".repeat(30)]) {
    it.effect(`refuses the timestamp ${JSON.stringify(text)}`, () =>
      Effect.gen(function* () {
        const slack = senderNamed("slack")
        const delivery = yield* sign(slack, { secret: whsec, body, at })
        const headers = { ...delivery.headers, "x-slack-request-timestamp": text }
        const error = yield* Effect.flip(verifyAt(slack.scheme, whsec, { ...delivery, headers }))
        assert.strictEqual(error.reason, text === "" ? "MissingHeader" : "MalformedHeader")
      })
    )
  }
})

describe("rotation", () => {
  const sender = senderNamed("standard-webhooks")

  it.effect("verifies with the old and the new secret, until the old one expires", () =>
    Effect.gen(function* () {
      const secrets = [
        Secret.make(whsec, { label: "2026", expiresAt: secondsAfter(10) }),
        Secret.make(otherWhsec, { label: "2027" })
      ]
      const byOld = yield* sign(sender, { secret: whsec, body, at })
      const byNew = yield* sign(sender, { secret: otherWhsec, body, at })
      assert.strictEqual((yield* verifyAt(sender.scheme, secrets, byOld, secondsAfter(9))).secret, "2026")
      assert.strictEqual((yield* verifyAt(sender.scheme, secrets, byNew, secondsAfter(9))).secret, "2027")
      const error = yield* Effect.flip(verifyAt(sender.scheme, secrets, byOld, secondsAfter(10)))
      assert.include(error.message, "(2027)")
      assert.strictEqual((yield* verifyAt(sender.scheme, secrets, byNew, secondsAfter(10))).secret, "2027")
    })
  )

  it.effect("says so when every secret has expired", () =>
    Effect.gen(function* () {
      const delivery = yield* sign(sender, { secret: whsec, body, at })
      const error = yield* Effect.flip(
        verifyAt(sender.scheme, [Secret.make(whsec, { expiresAt: at })], delivery)
      )
      assert.include(error, { reason: "NoSecretMatches" })
      assert.include(error.message, "expired")
    })
  )
})

describe("secrets of the wrong shape fail when the verifier is built", () => {
  const standard = { scheme: "standard-webhooks" } as const
  const hmac = { scheme: "hmac", header: "x-signature" } as const
  const cases = [
    [standard, [], "Missing"],
    [standard, [""], "Empty"],
    [standard, ["whsec_"], "Empty"],
    [standard, ["whsec_???"], "NotBase64"],
    [standard, ["whpk_AAAA"], "NotAKey"],
    [standard, ["whsk_AAAA"], "PrivateKey"],
    [hmac, ["good", ""], "Empty"],
    [hmac, ["secret\n"], "SurroundingWhitespace"],
    [{ ...hmac, key: "base64" }, ["!"], "NotBase64"],
    [{ ...hmac, key: "hex" }, ["abc"], "NotHex"],
    [{ scheme: "token", header: "x-relay-secret" }, ["  "], "Empty"],
    [{ scheme: "basic" }, ["nobody"], "NotUserAndPassword"]
  ] as const
  for (const [scheme, values, reason] of cases) {
    it.effect(`${scheme.scheme} with ${JSON.stringify(values)}: ${reason}`, () =>
      Effect.gen(function* () {
        const secrets = values.map((value) => Secret.make(value))
        const error = yield* Effect.flip(Verifier.make({ scheme, secrets }))
        assert.include(error, { _tag: "InvalidSecret", reason })
        assert.include(error.message, "secret ")
      })
    )
  }
})

describe("versions", () => {
  const cases = [
    ["standard-webhooks", "webhook-signature", "v2,AAAA"],
    ["stripe", "stripe-signature", "t=1795424400,v0=aa"],
    ["x-hub-sha256", "x-hub-signature-256", "sha1=aa"],
    ["hubspot-v1", "x-hubspot-signature-version", "v9"],
    ["hubspot-v2", "x-hubspot-signature-version", "v1"]
  ] as const
  for (const [name, header, value] of cases) {
    it.effect(`${name} does not verify ${value}`, () =>
      Effect.gen(function* () {
        const sender = senderNamed(name)
        const delivery = yield* sign(sender, { secret: whsec, body, at })
        const headers = { ...delivery.headers, [header]: value }
        const error = yield* Effect.flip(verifyAt(sender.scheme, whsec, { ...delivery, headers }))
        assert.include(error, { reason: "UnsupportedVersion", header })
      })
    )
  }
})

it.effect("linear: a time that only an unsigned header carries is not believed", () =>
  Effect.gen(function* () {
    const linear = senderNamed("linear")
    const signed = yield* sign(linear, { secret: whsec, body: `{"action":"create"}`, at })
    const delivery = {
      ...signed,
      headers: { ...signed.headers, "linear-timestamp": String(DateTime.toEpochMillis(at)) }
    }
    assert.include(yield* Effect.flip(verifyAt(linear.scheme, whsec, delivery)), {
      reason: "MalformedHeader"
    })
  })
)
