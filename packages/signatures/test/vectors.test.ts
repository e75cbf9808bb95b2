import { assert, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Delivery, Handshake, Secret } from "../src/index.ts"
import { at, senderNamed, sign, verifyAt, whsk } from "./samples.ts"
import { signed, signedAt, vectors } from "./vectors.ts"

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
        "no current secret"
      )
    })
  )
}

it.effect("verifies HubSpot's vector of v3, and of no other version, under the name hubspot", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("hubspot")
    const verified = yield* Effect.forEach(
      signed.filter(({ vendor }) => vendor.startsWith("hubspot")),
      (vector) =>
        Effect.map(
          Effect.exit(verifyAt(scheme, vector.secret, Delivery.make(vector), signedAt(vector.headers))),
          (exit) => [vector.vendor, exit._tag]
        )
    )
    assert.deepStrictEqual(verified, [
      ["hubspot-v1", "Failure"],
      ["hubspot-v2", "Failure"],
      ["hubspot-v2", "Failure"],
      ["hubspot-v3", "Success"]
    ])
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
