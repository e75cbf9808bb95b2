import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Schema } from "effect"
import type { Delivery } from "../src/Delivery.ts"
import { Senders } from "../src/index.ts"
import { at, secretFor, senderNamed, sign, verifyAt, whpk, whsec, whsk } from "./samples.ts"

/** Senders whose signature covers all that they sign here; a token and a batch's tail are covered by nothing. */
const covering = Senders.names.filter((name) => {
  const { scheme } = senderNamed(name).scheme
  return (
    ["hmac", "hash", "standard-webhooks", "by-header", "twilio"].includes(scheme) && name !== "segment-batch"
  )
})

const Bit = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 7 }))
const Flip = Schema.Struct({
  sender: Schema.Literals(covering),
  body: Schema.String,
  at: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100_000 })),
  bit: Bit
})

/** Every place that is signed, or that carries the signature: flip one bit of the n-th byte of them all. */
const flip = (delivery: Delivery, at: number, bit: number): Delivery => {
  const headers = Object.entries(delivery.headers).map(([name, value]) => [name, value ?? ""] as const)
  const total = delivery.body.length + headers.reduce((sum, [, value]) => sum + value.length, 0)
  let place = at % total
  if (place < delivery.body.length) {
    const body = delivery.body.slice()
    body[place] = (body[place] ?? 0) ^ (1 << bit)
    return { ...delivery, body }
  }
  place -= delivery.body.length
  const flipped = headers.map(([name, value]) => {
    const here = place >= 0 && place < value.length
    const text = here
      ? value.slice(0, place) +
        String.fromCharCode(value.charCodeAt(place) ^ (1 << bit)) +
        value.slice(place + 1)
      : value
    place = here ? -1 : place - value.length
    return [name, text] as const
  })
  return { ...delivery, headers: Object.fromEntries(flipped) }
}

/** Hex may be written in either case: the same signature. */
const spelling = ({ headers }: Delivery): string =>
  JSON.stringify(headers).replaceAll(/[0-9a-f]{40,}/gi, (hex) => hex.toLowerCase())

it.effect.prop(
  "one flipped bit in body, signature, timestamp or id never verifies",
  [Flip],
  ([{ at: place, bit, body, sender: name }]) =>
    Effect.gen(function* () {
      const { scheme } = senderNamed(name)
      // Linear signs its time in the body, and a plain hash only takes JSON.
      const isJson = name === "linear" || scheme.scheme === "hash"
      const text = isJson ? JSON.stringify({ webhookTimestamp: DateTime.toEpochMillis(at), body }) : body
      const delivery = yield* sign(scheme, { secret: whsec, body: text, at, id: "msg_1" })
      yield* verifyAt(scheme, whsec, delivery)
      const flipped = flip(delivery, place, bit)
      const exit = yield* Effect.exit(verifyAt(scheme, whsec, flipped))
      const isSame = flipped.body === delivery.body && spelling(flipped) === spelling(delivery)
      assert.deepStrictEqual([Exit.isFailure(exit), Exit.hasDies(exit)], [!isSame, false])
    }),
  { arbitrary: { runs: 2000 } }
)

it.effect.prop(
  "one flipped bit never verifies by a public key either",
  [Schema.Struct({ body: Schema.String, at: Flip.fields.at, bit: Bit })],
  ([{ at: place, bit, body }]) =>
    Effect.gen(function* () {
      const { scheme } = senderNamed("standard-webhooks")
      const delivery = yield* sign(scheme, { secret: whsk, body, at, id: "msg_1" })
      yield* verifyAt(scheme, whpk, delivery)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(verifyAt(scheme, whpk, flip(delivery, place, bit)))))
    })
)

const Position = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 20 }))
const Entry = Schema.Literals(["v1", "v2", "v1a", "h1", "v0"])
const Wrong = Schema.Array(
  Schema.Struct({ version: Entry, text: Schema.String.check(Schema.isPattern(/^[a-z0-9]*$/)) })
)

const lists = [
  { name: "standard-webhooks", header: "webhook-signature", separator: " ", join: "," },
  { name: "stripe", header: "stripe-signature", separator: ",", join: "=" },
  { name: "paddle", header: "paddle-signature", separator: ";", join: "=" }
] as const

for (const { header, join, name, separator } of lists) {
  it.effect.prop(
    `${name}: the right signature verifies at any place among up to seven wrong ones`,
    [Wrong.check(Schema.isMaxLength(7)), Position],
    ([wrong, position]) =>
      Effect.gen(function* () {
        const { scheme } = senderNamed(name)
        const delivery = yield* sign(scheme, { secret: whsec, body: "{}", at })
        const entries = (delivery.headers[header] ?? "").split(separator)
        const right = entries.pop() ?? ""
        const others = wrong.map(({ text, version }) => `${version}${join}${text}`)
        const list = others.toSpliced(position % (others.length + 1), 0, right)
        const value = [...entries, ...list].join(separator)
        yield* verifyAt(scheme, whsec, { ...delivery, headers: { ...delivery.headers, [header]: value } })
        const wrongOnly = [...entries, ...others].join(separator)
        const without = { ...delivery, headers: { ...delivery.headers, [header]: wrongOnly } }
        assert.strictEqual(Exit.isFailure(yield* Effect.exit(verifyAt(scheme, whsec, without))), true)
      })
  )
}

const hostile = {
  empty: () => "",
  "10 kB": () => "a".repeat(10_240),
  "10 kB of list entries": () => "v1,x ".repeat(2048),
  "10 kB of fields": () => "v1=x,".repeat(2048),
  "non-ASCII": (value: string) => `${value.slice(0, -1)}é`,
  "a look-alike beyond Latin-1": (value: string) =>
    value.slice(0, -1) + String.fromCharCode(value.charCodeAt(value.length - 1) + 256),
  "a lone surrogate": (value: string) => `${value.slice(0, -1)}\ud800`,
  NUL: (value: string) => `${value}\0`,
  "NUL before": (value: string) => `\0${value}`,
  separators: () => ",,,;;;   ===",
  "a prototype's name": () => "__proto__=constructor"
}

for (const [what, change] of Object.entries(hostile)) {
  it.effect(`a header that is ${what} is refused as such by every sender`, () =>
    Effect.gen(function* () {
      for (const sender of Senders.all) {
        const { scheme } = sender
        const secret = secretFor(scheme)
        const delivery = yield* sign(scheme, { secret, body: "{}", at })
        for (const [name, value = ""] of Object.entries(delivery.headers)) {
          if (change(value) === value) continue
          const headers = { ...delivery.headers, [name]: change(value) }
          const exit = yield* Effect.exit(verifyAt(scheme, secret, { ...delivery, headers }))
          assert.deepStrictEqual(
            [sender.name, name, Exit.isFailure(exit) && !Exit.hasDies(exit)],
            [sender.name, name, true]
          )
        }
      }
    })
  )
}

it.effect("a signature header that came twice verifies, unless it says two times", () =>
  Effect.gen(function* () {
    for (const sender of Senders.all) {
      const { scheme } = sender
      if (scheme.scheme !== "hmac" && scheme.scheme !== "standard-webhooks") continue
      const hasTwoTimes = ["stripe", "calendly", "luma"].includes(sender.name)
      // Linear signs the time in its body.
      const body = JSON.stringify({ webhookTimestamp: DateTime.toEpochMillis(at) })
      const delivery = yield* sign(scheme, { secret: whsec, body, at })
      const twice = Object.fromEntries(
        Object.entries(delivery.headers).map(([name, value]) => [
          name,
          name.includes("signature") || name.includes("hmac") ? `${value}, ${value}` : value
        ])
      )
      const exit = yield* Effect.exit(verifyAt(scheme, whsec, { ...delivery, headers: twice }))
      assert.deepStrictEqual([sender.name, Exit.isFailure(exit)], [sender.name, hasTwoTimes])
    }
  })
)

const Wild = Schema.Struct({
  sender: Schema.Literals(Senders.names),
  header: Schema.String,
  body: Schema.String
})

it.effect.prop("no header and no body makes a verifier throw, or its error tell a secret", [Wild], ([wild]) =>
  Effect.gen(function* () {
    const sender = senderNamed(wild.sender)
    const secret = secretFor(sender.scheme)
    const right = yield* sign(sender, { secret, body: wild.body, at })
    const headers = Object.fromEntries(Object.keys(right.headers).map((name) => [name, wild.header]))
    const exit = yield* Effect.exit(verifyAt(sender.scheme, secret, { ...right, headers, url: "not a url" }))
    assert.strictEqual(Exit.hasDies(exit), false)
    const said = JSON.stringify(exit)
    assert.notInclude(said, secret)
    for (const value of Object.values(right.headers)) {
      if (value !== undefined && value.length > 20) assert.notInclude(said, value)
    }
  })
)
