import { assert, it } from "@effect/vitest"
import { DateTime, Effect, Result, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Delivery, Diagnosis, type Scheme, Secret } from "../src/index.ts"
import { at, otherWhsec, secondsAfter, senderNamed, sign, whsec } from "./samples.ts"

const github = senderNamed("github")
const hubspot = senderNamed("hubspot-v3")
/** As many findings as expected, each with what is expected of it. */
const assertFindings = (
  findings: ReadonlyArray<Diagnosis.Finding>,
  expected: ReadonlyArray<Partial<Diagnosis.Finding>>
) => {
  assert.deepStrictEqual(
    findings.map(({ finding }) => finding),
    expected.map(({ finding }) => finding)
  )
  for (const [index, fields] of expected.entries()) assert.include(findings[index], fields)
}

const secrets = [Secret.make(whsec, { label: "2026" })]
const text = (delivery: Delivery.Delivery) => new TextDecoder().decode(delivery.body)
const withBody = (delivery: Delivery.Delivery, body: string) => Delivery.make({ ...delivery, body })

const diagnose = Effect.fnUntraced(function* (
  scheme: Scheme.Scheme,
  delivery: Delivery.Delivery,
  more?: {
    readonly secrets?: ReadonlyArray<Secret.Secret>
    readonly others?: ReadonlyArray<Diagnosis.Source>
  }
) {
  yield* TestClock.setTime(DateTime.toEpochMillis(at))
  const { findings } = yield* Diagnosis.diagnose({ scheme, secrets, delivery, ...more })
  const said = JSON.stringify(yield* Schema.encodeEffect(Schema.Array(Diagnosis.Finding))(findings))
  for (const hidden of [whsec, otherWhsec, text(delivery), ...Object.values(delivery.headers)]) {
    if (hidden !== undefined && hidden.length > 20) assert.notInclude(said, hidden)
  }
  return findings
})

it.effect("a delivery that verifies is said to", () =>
  Effect.gen(function* () {
    const delivery = yield* sign(github, { secret: whsec, body: "{}", at })
    assertFindings(yield* diagnose(github.scheme, delivery), [{ finding: "Valid", secret: "2026" }])
  })
)

it.effect("finds the other source whose secret matches", () =>
  Effect.gen(function* () {
    const others = [
      { name: "open", scheme: { scheme: "none" }, secrets: [] },
      { name: "shop", scheme: github.scheme, secrets: [Secret.make(otherWhsec)] }
    ] as const
    const delivery = yield* sign(github, { secret: otherWhsec, body: "{}", at })
    const findings = yield* diagnose(github.scheme, delivery, { others })
    assertFindings(findings, [{ finding: "OtherSource", source: "shop", secret: "#1" }])
  })
)

it.effect("finds the other source whose scheme and secret match", () =>
  Effect.gen(function* () {
    const typeform = senderNamed("typeform")
    const others = [
      { name: "form", scheme: typeform.scheme, secrets: [Secret.make(otherWhsec, { label: "f" })] }
    ]
    const delivery = yield* sign(typeform, { secret: otherWhsec, body: "{}", at })
    assertFindings(yield* diagnose(github.scheme, delivery, { others }), [
      { finding: "OtherSource", source: "form", secret: "f" },
      { finding: "OtherSender", source: "typeform" }
    ])
  })
)

it.effect("finds the secret that has expired", () =>
  Effect.gen(function* () {
    const expired = [Secret.make(otherWhsec), Secret.make(whsec, { label: "old", expiresAt: at })]
    const delivery = yield* sign(github, { secret: whsec, body: "{}", at })
    const findings = yield* diagnose(github.scheme, delivery, { secrets: expired })
    assertFindings(findings, [{ finding: "ExpiredSecret", secret: "old" }])
  })
)

const value = { name: "Zoë", url: "https://example.com/a", list: [1, 2], text: 'a, b: "c" & d' }
const printed = {
  "compact JSON": JSON.stringify(value),
  "JSON with spaces": `{"name": "Zoë", "url": "https://example.com/a", "list": [1, 2], "text": "a, b: \\"c\\" & d"}`,
  "indented JSON": JSON.stringify(value, null, 2),
  "JSON with \\u escapes": JSON.stringify(value).replace("ë", "\\u00eb"),
  "JSON with escaped slashes": JSON.stringify(value).replaceAll("/", "\\/"),
  "JSON indented by tabs, with a newline": `${JSON.stringify(value, null, "\t")}\n`,
  "JSON with \\u escapes, as Go writes it": JSON.stringify(value).replace("&", "\\u0026")
}
for (const [what, original] of Object.entries(printed)) {
  it.effect(`finds that a proxy printed ${what} again`, () =>
    Effect.gen(function* () {
      const signed = yield* sign(github, { secret: whsec, body: original, at })
      const proxied =
        original === printed["compact JSON"] ? printed["indented JSON"] : printed["compact JSON"]
      assertFindings(yield* diagnose(github.scheme, withBody(signed, proxied)), [{ finding: "Reserialised" }])
    })
  )
}

const kept = {
  "a number that is not JavaScript's": `{"price": 10.0, "id": 12345678901234567890}`,
  "keys that are numbers, and one twice": `{"b": 1, "2": [], "1": {}, "b": 2}`
}
for (const [what, original] of Object.entries(kept)) {
  it.effect(`finds that JSON was printed again with ${what}`, () =>
    Effect.gen(function* () {
      const signed = yield* sign(github, { secret: whsec, body: original, at })
      const proxied = withBody(signed, original.replaceAll(" ", ""))
      assertFindings(yield* diagnose(github.scheme, proxied), [{ finding: "Reserialised" }])
    })
  )
}

const lines = [
  ["a newline was added", "a", "a\n"],
  ["a newline was cut", "a\n", "a"],
  ["CR LF became LF", "a\r\nb\r\n", "a\nb\n"],
  ["LF became CR LF", "a\nb", "a\r\nb"],
  ["a byte order mark was added", "a", "\uFEFFa"]
] as const
for (const [what, original, arrived] of lines) {
  it.effect(`finds that ${what}`, () =>
    Effect.gen(function* () {
      const signed = yield* sign(github, { secret: whsec, body: original, at })
      assertFindings(yield* diagnose(github.scheme, withBody(signed, arrived)), [{ finding: "LineEnds" }])
    })
  )
}

const called = "https://hooks.example.com/in?a=1"
const urls = [
  ["http://hooks.example.com/in?a=1", "with the scheme https"],
  ["https://hooks.example.com:8443/in?a=1", "with no port"],
  ["http://hooks.example.com:8080/in?a=1", "with the scheme https and no port"],
  ["https://hooks.example.com/in/?a=1", "with no slash at its end"],
  ["http://hooks.example.com:8080/in/?a=1", "with the scheme https and no port and no slash at its end"],
  ["http://10.0.0.7:8080/in?a=1", "with the scheme https and the host that the request names"]
] as const
for (const [url, change] of urls) {
  it.effect(`finds the public URL ${change}`, () =>
    Effect.gen(function* () {
      const headers = url.includes("10.0.0.7") ? { "x-forwarded-host": "hooks.example.com, inner" } : {}
      const signed = yield* sign(hubspot, { secret: whsec, body: "{}", at, url: called, headers })
      const findings = yield* diagnose(hubspot.scheme, { ...signed, url })
      assertFindings(findings, [{ finding: "OtherUrl" }])
      assert.include(findings[0]?.sentence, `for this URL ${change} (`)
    })
  )
}

it.effect("looks past the age of a capture for what else is wrong with it", () =>
  Effect.gen(function* () {
    for (const name of ["stripe", "standard-webhooks", "hubspot"]) {
      const { scheme } = senderNamed(name)
      const old = yield* sign(scheme, { secret: whsec, body: `{ "a": 1 }\n`, at: secondsAfter(-86_400) })
      assertFindings(yield* diagnose(scheme, withBody(old, `{ "a": 1 }`)), [{ finding: "LineEnds" }])
    }
  })
)

it.effect("tells by how much the clocks disagree", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("stripe")
    const old = yield* sign(scheme, { secret: whsec, body: "{}", at: secondsAfter(-480) })
    assertFindings(yield* diagnose(scheme, old), [{ finding: "ClockOffset", skewSeconds: 480 }])
    const early = yield* sign(scheme, { secret: whsec, body: "{}", at: secondsAfter(480) })
    assertFindings(yield* diagnose(scheme, early), [{ finding: "ClockOffset", skewSeconds: -480 }])
  })
)

it.effect("judges a captured delivery by the moment it came in", () =>
  Effect.gen(function* () {
    const { scheme } = senderNamed("stripe")
    const delivery = yield* sign(scheme, { secret: whsec, body: "{}", at })
    yield* TestClock.setTime(DateTime.toEpochMillis(secondsAfter(86_400)))
    const { findings } = yield* Diagnosis.diagnose({ scheme, secrets, delivery, at })
    assertFindings(findings, [{ finding: "Valid" }])
  })
)

const luma = { scheme: "hmac", header: "webhook-signature" } as const

it.effect("finds a secret that was read in another form", () =>
  Effect.gen(function* () {
    const body = "{}"
    const decoded = yield* sign({ ...luma, key: "base64" }, { secret: whsec.slice(6), body, at })
    assertFindings(yield* diagnose(luma, decoded), [{ finding: "SecretForm", secret: "2026" }])
    const quoted = [Secret.make(`"${whsec}"`)]
    const delivery = yield* sign(luma, { secret: whsec, body, at })
    const findings = yield* diagnose(luma, delivery, { secrets: quoted })
    assertFindings(findings, [{ finding: "SecretForm", secret: "#1" }])
    assert.include(findings[0]?.sentence, "without the quotes")
    const hex = [Secret.make("00ff")]
    const byHex = yield* sign({ ...luma, key: "hex" }, { secret: "00ff", body, at })
    assertFindings(yield* diagnose(luma, byHex, { secrets: hex }), [{ finding: "SecretForm" }])
    const unprefixed = [Secret.make(whsec.slice(6))]
    const byPrefixed = yield* sign(luma, { secret: whsec, body, at })
    const [prefixed] = yield* diagnose(luma, byPrefixed, { secrets: unprefixed })
    assert.include(prefixed?.sentence, "with whsec_ before it")
    const byText = yield* sign(luma, { secret: "00ff", body, at })
    assertFindings(yield* diagnose({ ...luma, key: "hex" }, byText, { secrets: hex }), [
      { finding: "SecretForm" }
    ])
  })
)

it.effect("names the senders whose header is there instead", () =>
  Effect.gen(function* () {
    const delivery = yield* sign(senderNamed("typeform"), { secret: otherWhsec, body: "{}", at })
    const findings = yield* diagnose(github.scheme, delivery)
    assertFindings(findings, [{ finding: "OtherSender", source: "typeform" }])
    assert.include(findings[0]?.sentence, "carries the signature header")
  })
)

it.effect("names no other sender for a header of its own that cannot be read", () =>
  Effect.gen(function* () {
    const delivery = Delivery.make({ headers: { "x-hub-signature-256": "?" }, body: "{}" })
    assert.deepStrictEqual(yield* diagnose(github.scheme, delivery), [])
  })
)

it.effect("tries each spelling of the JSON once, and none that is already there", () =>
  Effect.gen(function* () {
    const delivery = yield* sign(github, { secret: otherWhsec, body: `{"a":1}`, at })
    const { tried } = yield* Diagnosis.diagnose({ scheme: github.scheme, secrets, delivery })
    // Five layouts, with a newline at the end and without.
    assert.deepInclude(tried, { check: "Reserialised", variants: 9 })
  })
)

it.effect("finds the sender as which it verifies, by another header or in the same", () =>
  Effect.gen(function* () {
    const typeform = yield* sign(senderNamed("typeform"), { secret: whsec, body: "{}", at })
    assertFindings(yield* diagnose(github.scheme, typeform), [
      { finding: "OtherSender", source: "typeform", secret: "2026" }
    ])
    const lumas = yield* sign(senderNamed("luma"), { secret: whsec, body: "{}", at })
    const headers = { ...lumas.headers, "webhook-id": "1", "webhook-timestamp": "1795424400" }
    assertFindings(yield* diagnose(senderNamed("standard-webhooks").scheme, { ...lumas, headers }), [
      { finding: "OtherSender", source: "luma", secret: "2026" }
    ])
  })
)

const acme = {
  scheme: "hmac",
  header: "x-acme",
  timestamp: { header: "x-acme-time" },
  parts: ["timestamp", ".", "body"]
} as const
const digests = [
  [{ ...acme, algorithm: "sha1" }, "by sha1 in hex:"],
  [{ ...acme, encoding: "base64" }, "by sha256 in base64:"],
  [
    { ...acme, algorithm: "sha512", parts: ["timestamp", ":", "body"] },
    "by sha512 in hex over timestamp:body"
  ],
  [{ ...acme, prefix: "sha256=" }, "by sha256 in hex after the prefix sha256=:"],
  [{ ...acme, algorithm: "sha1", prefix: "v1=" }, "by sha1 in hex after the prefix v1="]
] as const
for (const [scheme, change] of digests) {
  it.effect(`finds that the signature is made ${change}`, () =>
    Effect.gen(function* () {
      const findings = yield* diagnose(acme, yield* sign(scheme, { secret: whsec, body: "{}", at }))
      assertFindings(findings, [{ finding: "OtherDigest", secret: "2026" }])
      assert.include(findings[0]?.sentence, change)
    })
  )
}

it.effect("finds nothing for a signature of nobody we know", () =>
  Effect.gen(function* () {
    const delivery = yield* sign(github, { secret: "nobody's", body: "{}", at })
    const others = [{ name: "shop", scheme: github.scheme, secrets: [Secret.make(otherWhsec)] }]
    assert.deepStrictEqual(yield* diagnose(github.scheme, delivery, { others }), [])
  })
)

it.effect("tells what it looked for, and nothing that cannot apply", () =>
  Effect.gen(function* () {
    const tried = Effect.fnUntraced(function* (sender: string, body: string) {
      const { scheme } = senderNamed(sender)
      const delivery = yield* sign(scheme, { secret: otherWhsec, body, at })
      const report = yield* Diagnosis.diagnose({ scheme, secrets, delivery, at })
      assert.isTrue(Result.isFailure(report.verdict))
      return report.tried.map(({ check }) => check)
    })
    assert.deepStrictEqual(yield* tried("jotform", "text"), ["OtherSender", "LineEnds"])
    assert.deepStrictEqual(yield* tried("github", "text"), [
      "OtherSender",
      "OtherDigest",
      "SecretForm",
      "LineEnds"
    ])
    assert.deepStrictEqual(yield* tried("hubspot-v2", "{}"), [
      "OtherSender",
      "LineEnds",
      "Reserialised",
      "OtherUrl"
    ])
  })
)
