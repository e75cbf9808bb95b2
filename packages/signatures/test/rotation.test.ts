/** While a secret is rotated, senders sign with two: in one header or in several, in all the ways they are known to. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { Delivery, type Scheme } from "../src/index.ts"
import { at, otherWhsec, secondsAfter, senderNamed, sign, verifyAt, whpk, whsec, whsk } from "./samples.ts"

const body = `{"email":"ada@example.com"}`
const custom = { scheme: "hmac", header: "x-signature" } as const

/** The header's value as this secret signs it. */
const valueOf = Effect.fnUntraced(function* (scheme: Scheme.Scheme, secret: string, header = "x-signature") {
  const delivery = yield* sign(scheme, { secret, body, at, id: "msg_1" })
  return delivery.headers[header] ?? ""
})

const given = (headers: Record<string, string>) => Delivery.make({ headers, body })

describe("one header for each signature", () => {
  const headers = ["x-hookdeck-signature", "x-hookdeck-signature-2"] as const
  const scheme = { ...custom, header: headers, encoding: "base64" } as const

  it.effect("verifies by any of the named headers", () =>
    Effect.gen(function* () {
      const [ours, theirs] = [
        yield* valueOf({ ...scheme, header: headers[0] }, whsec, headers[0]),
        yield* valueOf({ ...scheme, header: headers[0] }, otherWhsec, headers[0])
      ]
      for (const [first, second] of [
        [ours, theirs],
        [theirs, ours],
        ["?", ours]
      ] as const) {
        yield* verifyAt(scheme, whsec, given({ [headers[0]]: first, [headers[1]]: second }))
      }
      const error = yield* Effect.flip(
        verifyAt(scheme, whsec, given({ [headers[0]]: theirs, [headers[1]]: theirs }))
      )
      assert.strictEqual(error.reason, "NoSecretMatches")
    })
  )

  it.effect("judges each header by its own time", () =>
    Effect.gen(function* () {
      const scheme = {
        ...custom,
        header: ["x-one", "x-two"],
        fields: { separator: ",", signature: "v1" },
        timestamp: { field: "t" },
        parts: ["timestamp", ".", "body"],
        tolerance: Duration.seconds(5)
      } as const
      const old = yield* sign(scheme, { secret: whsec, body, at: secondsAfter(-9) })
      const fresh = yield* sign(scheme, { secret: whsec, body, at })
      const [stale, right] = [old.headers["x-one"] ?? "", fresh.headers["x-one"] ?? ""]
      const error = yield* Effect.flip(verifyAt(scheme, whsec, given({ "x-one": stale, "x-two": "v1=" })))
      assert.strictEqual(error.reason, "TooOld")
      const both = given({ "x-one": stale, "x-two": right })
      yield* verifyAt(scheme, whsec, both)
    })
  )
})

const prefixed = { ...custom, prefix: "sha256=" } as const
const fielded = { ...custom, fields: { separator: ",", signature: "v0" } } as const
const semicolons = { ...custom, fields: { separator: ";", signature: "h1" } } as const

/** `a` is another secret's signature, `b` ours; neither has a name yet. */
const lists: ReadonlyArray<
  readonly [scheme: Scheme.Hmac, value: (a: string, b: string) => string, ok: boolean]
> = [
  [custom, (a, b) => `${a},${b}`, true],
  [custom, (a, b) => `${a} ${b}`, true],
  [custom, (a, b) => `${a}, ${b}`, true],
  [custom, (a, b) => `sha1=${a} ${b}`, false],
  [prefixed, (a, b) => `sha256=${a},sha256=${b}`, true],
  [prefixed, (a, b) => `sha256=${a}, sha256=${b}`, true],
  [prefixed, (a, b) => `sha256=${a},${b}`, true],
  [prefixed, (a, b) => `sha256=${a} ${b}`, true],
  [prefixed, (_, b) => `sha256= ${b}`, true],
  [prefixed, (a, b) => `sha1=${a}, sha256=${b}`, true],
  [prefixed, (a, b) => `sha256=${a}, sha1=${b}`, false],
  [prefixed, (a, b) => `sha256=${a}, sha1= ${b}`, false],
  [prefixed, (a, b) => `sha1=${a},${b}`, false],
  [prefixed, (_, b) => b, false],
  [fielded, (a, b) => `v0=${a},${b}`, true],
  [fielded, (a, b) => `v0=${a},v0=${b}`, true],
  [fielded, (a, b) => `v0=${a} ${b}`, true],
  [fielded, (a, b) => `v0=${a} v0=${b}`, true],
  [fielded, (a, b) => `t=1,v0=${a},${b}`, true],
  [fielded, (a, b) => `v0=${a},v1=${b}`, false],
  [fielded, (a, b) => `v0=${a},v1=${a},${b}`, false],
  [fielded, (_, b) => `v1=${b}`, false],
  [fielded, (_, b) => b, false],
  [semicolons, (a, b) => `ts=1;h1=${a};h1=${b}`, true],
  [semicolons, (a, b) => `ts=1;h1=${a},${b}`, true],
  [semicolons, (a, b) => `ts=1;h1=${a};${b}`, true],
  [semicolons, (a, b) => `h1=${a};h2=${b}`, false]
]

describe("a list in one header", () => {
  for (const encoding of ["hex", "base64", "base64url"] as const) {
    for (const [scheme, write, isRight] of lists) {
      const title = write("<other>", "<ours>")
      const how = scheme.fields?.signature ?? scheme.prefix ?? "no name"
      it.effect(`${isRight ? "verifies" : "refuses"} ${title} in ${encoding} (${how})`, () =>
        Effect.gen(function* () {
          const bare = { ...custom, encoding } as const
          const [ours, theirs] = [yield* valueOf(bare, whsec), yield* valueOf(bare, otherWhsec)]
          const exit = yield* Effect.exit(
            verifyAt({ ...scheme, encoding }, whsec, given({ "x-signature": write(theirs, ours) }))
          )
          assert.strictEqual(exit._tag, isRight ? "Success" : "Failure")
        })
      )
    }
  }
})

describe("at most eight signatures", () => {
  const listed = Effect.fnUntraced(function* (others: number) {
    const [ours, theirs] = [yield* valueOf(custom, whsec), yield* valueOf(custom, otherWhsec)]
    return [...Array.from({ length: others }, () => theirs), ours].join(",")
  })

  it.effect("tries the eighth, and not the ninth", () =>
    Effect.gen(function* () {
      yield* verifyAt(custom, whsec, given({ "x-signature": yield* listed(7) }))
      yield* Effect.flip(verifyAt(custom, whsec, given({ "x-signature": yield* listed(8) })))
    })
  )

  it.effect("counts over all headers of a request", () =>
    Effect.gen(function* () {
      const scheme = { ...custom, header: ["x-one", "x-two"] } as const
      const four = (yield* listed(4)).split(",").slice(0, 4).join(",")
      const [three, five] = [yield* listed(3), yield* listed(4)]
      yield* verifyAt(scheme, whsec, given({ "x-one": four, "x-two": three }))
      yield* Effect.flip(verifyAt(scheme, whsec, given({ "x-one": four, "x-two": five })))
    })
  )
})

describe("Standard Webhooks", () => {
  const svix = senderNamed("svix").scheme
  const standard = senderNamed("standard-webhooks").scheme
  const signed = (secret: string, id: string) => sign(standard, { secret, body, at, id })

  const ways: ReadonlyArray<readonly [write: (a: string, b: string) => string, ok: boolean]> = [
    [(a, b) => `v1,${a} v1,${b}`, true],
    [(a, b) => `v1,${a}, v1,${b}`, true],
    [(a, b) => `v1,${a},v1,${b}`, true],
    [(a, b) => `v1,${a},${b}`, true],
    [(a, b) => `v1,${a} ${b}`, true],
    [(a, b) => `v1,${a} v2,${b}`, false],
    [(a, b) => `v1,${a} v1a,${b}`, false],
    [(_, b) => b, false]
  ]
  for (const [write, isRight] of ways) {
    it.effect(`${isRight ? "verifies" : "refuses"} ${write("<other>", "<ours>")}`, () =>
      Effect.gen(function* () {
        const [ours, theirs] = [yield* signed(whsec, "msg_1"), yield* signed(otherWhsec, "msg_1")]
        const text = ({ headers }: Delivery.Delivery) => headers["webhook-signature"]?.slice(3) ?? ""
        const headers = { ...ours.headers, "webhook-signature": write(text(theirs), text(ours)) }
        const exit = yield* Effect.exit(verifyAt(standard, whsec, { ...ours, headers }))
        assert.strictEqual(exit._tag, isRight ? "Success" : "Failure")
      })
    )
  }

  it.effect("takes the id of the family whose signature is right", () =>
    Effect.gen(function* () {
      const right = yield* signed(whsec, "msg_signed")
      const picked = { ...right, headers: { ...right.headers, "svix-id": "picked" } }
      assert.strictEqual((yield* verifyAt(svix, whsec, picked)).deliveryId, "msg_signed")

      const wrong = yield* sign(svix, { secret: otherWhsec, body, at, id: "msg_wrong" })
      const both = { ...right, headers: { ...wrong.headers, ...right.headers } }
      assert.strictEqual((yield* verifyAt(svix, whsec, both)).deliveryId, "msg_signed")
      const own = yield* sign(svix, { secret: whsec, body, at, id: "msg_own" })
      assert.strictEqual((yield* verifyAt(svix, whsec, own)).deliveryId, "msg_own")
    })
  )

  it.effect("does not take a time or an id of one family for the other's signature", () =>
    Effect.gen(function* () {
      const own = yield* sign(svix, { secret: whsec, body, at, id: "msg_1" })
      const { "svix-id": id = "", "svix-timestamp": time = "", ...rest } = own.headers
      const crossed = { ...own, headers: { ...rest, "webhook-id": id, "webhook-timestamp": time } }
      assert.include(yield* Effect.flip(verifyAt(svix, whsec, crossed)), { reason: "MissingHeader" })
    })
  )

  it.effect("judges the time before it takes a public key to work", () =>
    Effect.gen(function* () {
      const delivery = yield* sign(standard, { secret: whsk, body, at, id: "msg_1" })
      yield* verifyAt(standard, whpk, delivery)
      const old = yield* Effect.flip(verifyAt(standard, whpk, delivery, secondsAfter(301)))
      assert.strictEqual(old.reason, "TooOld")
      const nine = Array.from({ length: 8 }, () => `v1a,${"A".repeat(86)}==`)
      const headers = {
        ...delivery.headers,
        "webhook-signature": [...nine, delivery.headers["webhook-signature"]].join(" ")
      }
      yield* Effect.flip(verifyAt(standard, whpk, { ...delivery, headers }))
    })
  )
})

it.effect("two different times in one header stay refused, however they are separated", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("stripe")
    const delivery = yield* sign(scheme, { secret: whsec, body, at })
    const value = delivery.headers["stripe-signature"] ?? ""
    for (const text of [`t=1,${value}`, `${value},t=1`, `t=1 ${value}`, `${value} t=1`]) {
      const error = yield* Effect.flip(verifyAt(scheme, whsec, given({ "stripe-signature": text })))
      assert.strictEqual(error.reason, "MalformedHeader")
    }
  })
)
