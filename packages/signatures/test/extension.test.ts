/** Somebody who has a delivery and no secret signs no other body with it. */
import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Schema } from "effect"
import { createHash } from "node:crypto"
import type { Delivery } from "../src/Delivery.ts"
import { Body, Scheme, Sender, Senders } from "../src/index.ts"
import { extend } from "./lengthExtension.ts"
import { at, secretFor, senderNamed, sign, verifyAt, whsec } from "./samples.ts"

it("continues a hash as SHA-256 does", () => {
  const of = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex")
  const start = Buffer.from("secret and body")
  const { glue, hash } = extend(of(start), start.length, Buffer.from("more"))
  assert.strictEqual(hash, of(Buffer.concat([start, glue, Buffer.from("more")])))
})

const url = "https://hooks.example.com/"

/** Bytes before the body in what is hashed: the secret's length is a guess, and a right one here. */
const lengthBefore = (sender: Sender.Sender, secret: string): number =>
  Buffer.byteLength(sender.name === "hubspot-v2" ? `${secret}POST${url}` : secret)

/** Each signature that is hex of a SHA-256, continued over more; another header stays as it is. */
const extended = (delivery: Delivery, before: number, more: Buffer): Delivery => {
  const { body, headers } = delivery
  let forged = Buffer.concat([body, more])
  const continued = Object.entries(headers).map(([name, value]) => {
    const hash = /[0-9a-f]{64}/.exec(value ?? "")?.[0]
    if (hash === undefined) return [name, value] as const
    const { glue, hash: longer } = extend(hash, before + body.length, more)
    forged = Buffer.concat([body, glue, more])
    return [name, value?.replace(hash, longer)] as const
  })
  return { ...delivery, headers: Object.fromEntries(continued), body: forged }
}

const changes = {
  "continued hash": (delivery: Delivery, before: number, more: Buffer) => extended(delivery, before, more),
  "bytes after it": (delivery: Delivery, _: number, more: Buffer) => ({
    ...delivery,
    body: Buffer.concat([delivery.body, more])
  }),
  "bytes before it": (delivery: Delivery, _: number, more: Buffer) => ({
    ...delivery,
    body: Buffer.concat([more, delivery.body])
  }),
  "another body": (delivery: Delivery, _: number, more: Buffer) => ({ ...delivery, body: more })
} satisfies Record<string, (delivery: Delivery, before: number, more: Buffer) => Delivery>

type Change = keyof typeof changes
const isChange = (name: string): name is Change => Object.hasOwn(changes, name)

/** The others prove who sends, and nothing of the body. */
const signing = Senders.names.filter(
  (name) => !["token", "basic", "none"].includes(senderNamed(name).scheme.scheme)
)

const types = [...Body.anyMediaType, "multipart/form-data; boundary=x", "text/plain"]

const Forgery = Schema.Struct({
  sender: Schema.Literals(signing),
  change: Schema.Literals(Object.keys(changes).filter(isChange)),
  body: Schema.fromJsonString(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Int]))),
  type: Schema.Literals(types),
  more: Schema.NonEmptyString
})

it.effect.prop(
  "no other body verifies, given a body and its signature and no secret",
  [Forgery],
  ([{ body, change, more, sender: name, type }]) =>
    Effect.gen(function* () {
      const sender = senderNamed(name)
      const secret = secretFor(sender.scheme)
      const text = JSON.stringify({ ...body, webhookTimestamp: DateTime.toEpochMillis(at) })
      const signed = yield* sign(sender, { secret, body: text, at, url, id: "msg_1" })
      yield* verifyAt(sender.scheme, secret, signed)
      const forged = changes[change](signed, lengthBefore(sender, secret), Buffer.from(more))
      const headers = { ...forged.headers, "content-type": type }
      const exit = yield* Effect.exit(verifyAt(sender.scheme, secret, { ...forged, headers }))
      // The same JSON, printed otherwise, is the one event that Segment signs of a batch.
      const covered = (bytes: Uint8Array) => Buffer.from(Scheme.coveredBody(sender.scheme, bytes)).toString()
      const isSame = name === "segment-batch" && covered(forged.body) === covered(signed.body)
      assert.deepStrictEqual([Exit.isFailure(exit), Exit.hasDies(exit)], [!isSame, false])
    }),
  { arbitrary: { runs: 2000 } }
)

const plainHashes = Senders.all.filter(({ scheme }) => scheme.scheme === "hash")

it("some senders sign by a plain hash", () => {
  assert.deepStrictEqual(
    plainHashes.map(({ name }) => name),
    ["hubspot-v1", "hubspot-v2"]
  )
})

for (const sender of plainHashes) {
  it.effect(`${sender.name}: the continued hash is right, and refused because the body is no JSON`, () =>
    Effect.gen(function* () {
      const more = Buffer.from(
        '\r\n--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nmallory@evil.example'
      )
      for (const body of ["[]", "", '{"a":"é"}']) {
        const signed = yield* sign(sender, { secret: whsec, body, at, url })
        yield* verifyAt(sender.scheme, whsec, signed)
        const forged = extended(signed, lengthBefore(sender, whsec), more)
        const error = yield* Effect.flip(verifyAt(sender.scheme, whsec, forged))
        assert.include(error, { reason: "MalformedHeader", header: "x-hubspot-signature" })
      }
    })
  )

  it.effect(`${sender.name}: what is signed and no JSON in UTF-8 is refused`, () =>
    Effect.gen(function* () {
      for (const body of ["email=mallory@evil.example", "{", "{} {}", Buffer.from([0x22, 0xff, 0x22])]) {
        const signed = yield* sign(sender, { secret: whsec, body, at, url })
        assert.include(yield* Effect.flip(verifyAt(sender.scheme, whsec, signed)), {
          reason: "MalformedHeader"
        })
      }
      const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("{}", "utf16le")])
      const signed = yield* sign(sender, { secret: whsec, body: utf16, at, url })
      assert.include(yield* Effect.flip(verifyAt(sender.scheme, whsec, signed)), {
        reason: "MalformedHeader"
      })
    })
  )
}

it.effect("a plain hash with its secret at the end takes JSON only, too", () =>
  Effect.gen(function* () {
    const scheme = { scheme: "hash", header: "x-acme", parts: ["body", "secret"] } as const
    yield* verifyAt(scheme, whsec, yield* sign(scheme, { secret: whsec, body: "{}", at }))
    const form = yield* sign(scheme, { secret: whsec, body: "email=a@b.example", at })
    assert.include(yield* Effect.flip(verifyAt(scheme, whsec, form)), { reason: "MalformedHeader" })
    assert.deepStrictEqual(Sender.mediaTypesOf({ scheme, mediaTypes: Body.anyMediaType }), [
      "application/json"
    ])
  })
)
