/** The cases of the reference library's own suite (standard-webhooks, libraries/javascript/src/webhook.test.ts). */
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Delivery } from "../src/Delivery.ts"
import { at, otherWhsec, secondsAfter, senderNamed, sign, verifyAt, whsec } from "./samples.ts"

const sender = senderNamed("standard-webhooks")
const body = `{"test": 2432232314}`
const signed = sign(sender, { secret: whsec, body, at, id: "msg_p5jXN8AQM9LWM0D4loKWxJek" })
const withHeader = (delivery: Delivery, name: string, value: string | undefined): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, [name]: value }
})
const refused = (delivery: Delivery, moment = at) =>
  Effect.flip(verifyAt(sender.scheme, whsec, delivery, moment))

for (const header of ["webhook-id", "webhook-timestamp", "webhook-signature"]) {
  it.effect(`needs ${header}`, () =>
    Effect.gen(function* () {
      const error = yield* refused(withHeader(yield* signed, header, undefined))
      assert.include(error, { reason: "MissingHeader", header })
    })
  )
}

it.effect("refuses a timestamp that is a word", () =>
  Effect.gen(function* () {
    const error = yield* refused(withHeader(yield* signed, "webhook-timestamp", "hello"))
    assert.include(error, { reason: "MalformedHeader", header: "webhook-timestamp" })
  })
)

const signatures = [
  ["truncated to eight characters", (text: string) => text.slice(0, 8), "NoSecretMatches"],
  ["of another version and empty", () => "v1,", "NoSecretMatches"],
  ["without a version", (text: string) => text.slice(3), "MalformedHeader"],
  ["with other bits at its end", (text: string) => text.replace(/(.)=$/, "A="), "NoSecretMatches"]
] as const
for (const [what, change, reason] of signatures) {
  it.effect(`refuses a signature ${what}`, () =>
    Effect.gen(function* () {
      const delivery = yield* signed
      const signature = change(delivery.headers["webhook-signature"] ?? "")
      assert.strictEqual(
        (yield* refused(withHeader(delivery, "webhook-signature", signature))).reason,
        reason
      )
    })
  )
}

it.effect("refuses five minutes and a second, too old and too new alike", () =>
  Effect.gen(function* () {
    assert.strictEqual((yield* refused(yield* signed, secondsAfter(301))).reason, "TooOld")
    assert.strictEqual((yield* refused(yield* signed, secondsAfter(-301))).reason, "FromFuture")
  })
)

it.effect("finds the right v1 among wrong ones and other versions", () =>
  Effect.gen(function* () {
    const delivery = yield* signed
    const right = delivery.headers["webhook-signature"]
    const list = [
      "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=",
      "v2,Ceo5qEr07ixe2NLpvHk3FH9bwy=",
      right
    ].join(" ")
    yield* verifyAt(sender.scheme, whsec, withHeader(delivery, "webhook-signature", list))
  })
)

it.effect("takes a secret without its prefix, and an empty body", () =>
  Effect.gen(function* () {
    const bare = whsec.slice("whsec_".length)
    yield* verifyAt(sender.scheme, bare, yield* signed)
    yield* verifyAt(sender.scheme, whsec, yield* sign(sender, { secret: bare, body: "", at }))
  })
)

it.effect("says that v1a needs a public key when only symmetric secrets are configured", () =>
  Effect.gen(function* () {
    const error = yield* refused(withHeader(yield* signed, "webhook-signature", `v1a,${"A".repeat(86)}==`))
    assert.strictEqual(error.reason, "UnsupportedVersion")
    assert.include(error.message, "signed with v1a, and the configured secrets verify v1")
  })
)

it.effect("accepts svix-* and webhook-* headers from Svix, and does not mix them", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("svix")
    yield* verifyAt(scheme, whsec, yield* signed)
    const svix = yield* sign(scheme, { secret: whsec, body, at })
    yield* verifyAt(scheme, whsec, svix)
    const mixed = withHeader(yield* sign(scheme, { secret: otherWhsec, body, at }), "svix-id", undefined)
    assert.include(yield* Effect.flip(verifyAt(scheme, whsec, mixed)), { header: "svix-id" })
  })
)

it.effect("refuses an id with a dot, which could carry a part of another field", () =>
  Effect.gen(function* () {
    const delivery = yield* sign(sender, { secret: whsec, body, at, id: "msg.1" })
    assert.include(yield* refused(delivery), { reason: "MalformedHeader", header: "webhook-id" })
  })
)
