import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { Duration, Effect, Schema } from "effect"
import { Delivery, Scheme, Senders } from "../src/index.ts"
import { at, secondsAfter, senderNamed, sign, verifyAt } from "./samples.ts"

const decode = (input: unknown) =>
  Schema.decodeUnknownEffect(Scheme.Scheme)(input, { onExcessProperty: "error", errors: "all" })

it.effect("a scheme from a configuration file verifies what is signed by it", () =>
  Effect.gen(function* () {
    const scheme = yield* decode({
      scheme: "hmac",
      header: "X-Acme-Signature",
      algorithm: "sha512",
      encoding: "base64url",
      prefix: "v0=",
      key: "hex",
      parts: ["v0.", { header: "X-Acme-Id" }, { text: "x" }, "timestamp", ":", "body"],
      timestamp: { header: "X-Acme-Time", unit: "milliseconds" },
      tolerance: "2 minutes"
    })
    const delivery = yield* sign(scheme, { secret: "00ff", body: "{}", at, headers: { "x-acme-id": "7" } })
    assert.property(delivery.headers, "x-acme-signature")
    yield* verifyAt(scheme, "00ff", delivery, secondsAfter(120))
    assert.include(yield* Effect.flip(verifyAt(scheme, "00ff", delivery, secondsAfter(121))), {
      reason: "TooOld"
    })
    const { "x-acme-id": _, ...headers } = delivery.headers
    const error = yield* Effect.flip(verifyAt(scheme, "00ff", { ...delivery, headers }))
    assert.include(error, { reason: "MissingHeader", header: "x-acme-id" })
  })
)

const mistakes = [
  ["an unknown scheme", { scheme: "hmca" }, "hmac"],
  ["a misspelt key", { scheme: "hmac", header: "x-a", algoritm: "sha1" }, "algoritm"],
  ["an unknown algorithm", { scheme: "hmac", header: "x-a", algorithm: "md5" }, "algorithm"],
  ["a header that cannot be one", { scheme: "hmac", header: "x a" }, "the name of a header"],
  ["a misspelt part", { scheme: "hmac", header: "x-a", parts: ["boddy"] }, "{ text: … }"],
  [
    "a signed time without a place",
    { scheme: "hmac", header: "x-a", parts: ["timestamp", "body"] },
    "has to name"
  ],
  ["a field of no list", { scheme: "hmac", header: "x-a", timestamp: { field: "t" } }, "needs `fields`"],
  ["a hash without its secret", { scheme: "hash", header: "x-a", parts: ["body"] }, "secret"],
  ["a token without a place", { scheme: "token" }, "needs `header`, `query` or both"],
  ["a tolerance that is no duration", { scheme: "standard-webhooks", tolerance: "soon" }, "tolerance"]
] as const
for (const [what, input, hint] of mistakes) {
  it.effect(`refuses ${what}, and says what would do`, () =>
    Effect.gen(function* () {
      assert.include(String(yield* Effect.flip(decode(input))), hint)
    })
  )
}

it.effect("every sender's scheme survives being written to a file and read again", () =>
  Effect.gen(function* () {
    for (const { scheme } of Senders.all) {
      const written = JSON.stringify(yield* Schema.encodeEffect(Scheme.Scheme)(scheme))
      assert.deepStrictEqual(yield* decode(JSON.parse(written)), scheme)
    }
  })
)

it.effect("a token is taken from the header, or else once from the query", () =>
  Effect.gen(function* () {
    const scheme = yield* decode({
      scheme: "token",
      header: "authorization",
      prefix: "Bearer ",
      query: "token"
    })
    const base = yield* sign({ scheme: "none" }, { secret: "", body: "", at })
    const at_ = (url: string, headers: Record<string, string> = {}) => ({ ...base, url, headers })
    yield* verifyAt(scheme, "s3cret", at_("https://a/", { authorization: "Bearer s3cret" }))
    yield* verifyAt(scheme, "s3cret", at_("https://a/?token=s3cret"))
    const refusals = [
      [at_("https://a/?token=s3cret&token=s3cret"), "MalformedHeader"],
      [at_("https://a/?token=s3cret", { authorization: "Bearer other" }), "NoSecretMatches"],
      [at_("https://a/?token=s3cret", { authorization: "s3cret" }), "MalformedHeader"],
      [at_("https://a/?Token=s3cret"), "MissingHeader"]
    ] as const
    for (const [delivery, reason] of refusals) {
      assert.include(yield* Effect.flip(verifyAt(scheme, "s3cret", delivery)), { reason })
    }
  })
)

it("lists every sender in the README as the table has it", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  for (const { acknowledge, disablingStatuses, grade, name, scheme, title } of Senders.all) {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${name}\` `))
    const cells = row?.split("|").map((cell) => cell.trim()) ?? []
    const givesUp = disablingStatuses.length > 90 ? "4xx except 429" : disablingStatuses.join(", ")
    const waits = `${Duration.toSeconds(acknowledge.deadline)} s`
    const known = [name, title, scheme.scheme, waits, givesUp, grade]
    assert.deepStrictEqual(
      [1, 2, 3, 4, 6, 7].map((at) => cells[at]?.replaceAll("`", "")),
      known
    )
  }
})

it("knows how long each sender waits, and never promises more than it publishes", () => {
  for (const sender of Senders.all) {
    assert.match(sender.name, /^[a-z0-9-]+$/)
    assert.isTrue(URL.canParse(sender.docs))
    assert.isAtLeast(Duration.toSeconds(sender.acknowledge.deadline), 3)
    assert.isOk(sender.grade === "C" ? sender.note : "known")
  }
  assert.strictEqual(new Set(Senders.names).size, Senders.names.length)
  for (const target of Object.values(Senders.aliases)) assert.include(Senders.names, target)
})

it("knows whose deliveries need their URL to be verified", () => {
  const needing = Senders.all.filter(({ scheme }) => Scheme.needsUrl(scheme, {})).map(({ name }) => name)
  assert.deepStrictEqual(
    needing.filter(
      (name) => !["token", "zapier", "make", "jotform", "eventbrite", "mailchimp"].includes(name)
    ),
    ["hubspot", "hubspot-v2", "hubspot-v3", "twilio"]
  )
  const { scheme: hubspot } = senderNamed("hubspot")
  const { scheme: token } = senderNamed("token")
  assert.isTrue(Scheme.needsUrl(hubspot, { "x-hubspot-signature-v3": "a" }))
  assert.isFalse(Scheme.needsUrl(senderNamed("hubspot-v1").scheme, {}))
  assert.isFalse(Scheme.needsUrl(token, { "x-relay-secret": "a" }))
})

it("builds a delivery from headers in any case, one of them several times", () => {
  const headers = { "X-Sig": "a", "x-sig": ["b", "c"], constructor: "d", absent: undefined }
  assert.deepStrictEqual(Delivery.make({ headers, body: "" }).headers, {
    "x-sig": "a, b, c",
    constructor: "d"
  })
})
