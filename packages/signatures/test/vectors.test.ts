import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Option, Schema } from "effect"
import { Delivery, Handshake, Secret } from "../src/index.ts"
import { sign } from "../src/testing.ts"
import { at, senderNamed, verifyAt, whsk } from "./samples.ts"
import facts from "./vectors.json" with { type: "json" }

const Vector = Schema.Struct({
  vendor: Schema.String,
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.String,
  secret: Schema.String,
  method: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  source: Schema.String,
  expectedResponse: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})
const vectors = Schema.decodeSync(Schema.Array(Vector))(facts)

/** The moment that the sender put into the vector, so that no vector is too old. */
const signedAt = (headers: Readonly<Record<string, string>>): DateTime.Utc => {
  const digits = Object.entries(headers).flatMap(([name, value]) =>
    name.endsWith("timestamp") ? [value] : (/(?:^|,|;)ts?=(\d+)/.exec(value)?.[1] ?? [])
  )[0]
  const time = Number(digits ?? 0)
  return DateTime.makeUnsafe(time > 1e12 ? time : time * 1000)
}

const signed = vectors.filter(({ expectedResponse }) => expectedResponse === undefined)

for (const [index, vector] of signed.entries()) {
  it.effect(`verifies the published vector ${index + 1}, ${vector.vendor}`, () =>
    Effect.gen(function* () {
      const { scheme } = senderNamed(vector.vendor)
      const moment = signedAt(vector.headers)
      const delivery = Delivery.make(vector)
      assert.strictEqual((yield* verifyAt(scheme, vector.secret, delivery, moment)).secret, "#1")

      const changed = Delivery.make({ ...vector, body: `${vector.body} ` })
      assert.include(
        (yield* Effect.flip(verifyAt(scheme, vector.secret, changed, moment))).message,
        "no live secret"
      )
    })
  )
}

it.effect("verifies the HubSpot vectors of all versions under the name hubspot", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("hubspot")
    for (const vector of signed.filter(({ vendor }) => vendor.startsWith("hubspot"))) {
      yield* verifyAt(scheme, vector.secret, Delivery.make(vector), signedAt(vector.headers))
    }
  })
)

it.effect("answers Zoom's published URL validation once it is verified", () =>
  Effect.gen(function* () {
    const vector = vectors.find(({ vendor }) => vendor === "zoom-url-validation")
    const zoom = senderNamed("zoom")
    const delivery = yield* sign(zoom, { secret: vector?.secret ?? "", body: vector?.body ?? "", at })
    yield* verifyAt(zoom.scheme, vector?.secret ?? "", delivery)
    const answer = yield* Handshake.respond(zoom, delivery, { secrets: [Secret.make(vector?.secret ?? "")] })
    assert.deepStrictEqual(JSON.parse(Option.getOrThrow(answer).body), vector?.expectedResponse)
  })
)

it.effect("signs v1a as Svix's published private key does", () =>
  Effect.gen(function* () {
    const vector = vectors.find(({ secret }) => secret.startsWith("whpk_"))
    const signed = yield* sign(senderNamed("standard-webhooks"), {
      secret: whsk,
      body: vector?.body ?? "",
      at: signedAt(vector?.headers ?? {}),
      id: vector?.headers["webhook-id"] ?? ""
    })
    assert.deepStrictEqual(signed.headers, vector?.headers)
  })
)
