import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { type Scheme, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { gzipSync } from "node:zlib"
import { signed, signedAt, vectors } from "../../../../../packages/signatures/test/vectors.ts"
import { files, spawned, usher } from "../../usher.ts"

type Vector = (typeof vectors)[number]

const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))

/** The arguments that a person would write for a delivery that lies in two files. */
const argumentsFor = Effect.fnUntraced(function* (
  name: string,
  delivery: Pick<Vector, "body" | "method" | "url"> & { readonly headers: object },
  moment: DateTime.Utc | "now" = at
) {
  const path = yield* files({ "headers.json": JSON.stringify(delivery.headers), body: delivery.body })
  return [
    "verify",
    name,
    `--headers=${path("headers.json")}`,
    `--body=${path("body")}`,
    ...(moment === "now" ? [] : [`--at=${DateTime.formatIso(moment)}`]),
    ...(delivery.method === undefined ? [] : ["--method", delivery.method]),
    ...(delivery.url === undefined ? [] : ["--url", delivery.url])
  ]
})

/** A delivery signed by a sender or a scheme, as `argumentsFor` takes it. */
const made = Effect.fnUntraced(function* (
  by: string | Scheme.Scheme,
  body = `{"a":1}`,
  more: { readonly secret?: string; readonly url?: string } = {}
) {
  const delivery = yield* sign(typeof by === "string" ? senderNamed(by) : by, { secret, body, at, ...more })
  return { headers: delivery.headers, body, ...(more.url === undefined ? {} : { url: delivery.url }) }
})

it.effect("a compressed delivery is judged as it was sent, and decompressed", () =>
  Effect.gen(function* () {
    const body = `{"event_id":"7","form_response":{"token":"813683310949021977"}}`
    const compressed = gzipSync(body)
    for (const by of [body, compressed]) {
      const { headers } = yield* sign(senderNamed("typeform"), { secret, body: by, at })
      const path = yield* files({
        "headers.json": JSON.stringify({ ...headers, "content-encoding": "gzip" }),
        body: compressed
      })
      const found = yield* usher([
        "verify",
        "typeform",
        `--headers=${path("headers.json")}`,
        `--body=${path("body")}`,
        "--secret",
        secret,
        "--json"
      ])
      assert.deepInclude(JSON.parse(found.stdout), { valid: true, deliveryId: "7" })
    }
  })
)

describe("the published vectors", () => {
  for (const [index, vector] of signed.entries()) {
    it.effect(`${index + 1}, ${vector.vendor}: valid, and with another body not`, () =>
      Effect.gen(function* () {
        const moment = signedAt(vector.headers)
        const flags = ["--secret", vector.secret, "--json"]
        const right = yield* usher([...(yield* argumentsFor(vector.vendor, vector, moment)), ...flags])
        assert.deepInclude(JSON.parse(right.stdout), { valid: true, sender: vector.vendor, secret: "#1" })
        assert.deepStrictEqual([right.ok, right.stderr], [true, ""])

        const changed = { ...vector, body: `${vector.body}?` }
        const wrong = yield* usher([...(yield* argumentsFor(vector.vendor, changed, moment)), ...flags])
        assert.deepInclude(JSON.parse(wrong.stdout), {
          valid: false,
          reason: "NoSecretMatches",
          findings: []
        })
        assert.isFalse(wrong.ok)
        if (vector.secret.length > 10) assert.notInclude(wrong.stdout, vector.secret)
      })
    )
  }

  for (const vector of signed.filter(({ vendor }) => vendor.startsWith("hubspot"))) {
    it.effect(`${vector.vendor} goes by the name hubspot too only as v3`, () =>
      Effect.gen(function* () {
        const args = yield* argumentsFor("hubspot", vector, signedAt(vector.headers))
        const { ok } = yield* usher([...args, "--secret", vector.secret])
        assert.strictEqual(ok, vector.vendor === "hubspot-v3")
      })
    )
  }

  it.effect("Zoom's URL validation is answered as published, with a word on its missing signature", () =>
    Effect.gen(function* () {
      const vector = vectors.find(({ vendor }) => vendor === "zoom-url-validation")
      assert.isDefined(vector)
      const args = [...(yield* argumentsFor(vector.vendor, vector)), "--secret", vector.secret]
      const { answer } = JSON.parse((yield* usher([...args, "--json"])).stdout)
      assert.deepStrictEqual([answer.status, JSON.parse(answer.body)], [200, vector.expectedResponse])
      assert.include((yield* usher(args)).stdout, "the relay would refuse it")

      const delivery = { ...vector, body: "{}" }
      const ran = yield* usher([...(yield* argumentsFor(vector.vendor, delivery)), "--secret", "s"])
      assert.deepStrictEqual([ran.ok, ran.stdout], [false, ""])
      assert.include(ran.stderr, "not a URL validation")
    })
  )

  it.effect("a URL validation that is signed is verified before it is answered", () =>
    Effect.gen(function* () {
      const body = `{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}`
      const args = yield* argumentsFor("zoom-url-validation", yield* made("zoom", body))
      assert.include((yield* usher([...args, "--secret", secret])).stdout, "encryptedToken")
      assert.isFalse((yield* usher([...args, "--secret", other])).ok)
    })
  )
})

describe("secrets", () => {
  it.effect(
    "several may be live, from the environment, a file or the command line; it says which one it was",
    () =>
      Effect.gen(function* () {
        const path = yield* files({ secret: `${secret}\n` })
        const args = yield* argumentsFor("stripe", yield* made("stripe"))
        const environment = { NEW: other, OLD: secret }
        const usedOf = Effect.fnUntraced(function* (...secrets: ReadonlyArray<string>) {
          const ran = yield* usher(
            [...args, ...secrets.flatMap((told) => ["--secret", told]), "--json"],
            environment
          )
          return JSON.parse(ran.stdout).secret
        })
        assert.strictEqual(yield* usedOf("env:NEW", "env:OLD"), "env:OLD")
        assert.strictEqual(yield* usedOf(other, secret), "#2")
        const file = `file:${path("secret")}`
        assert.strictEqual(yield* usedOf("env:NEW", file), file)
      })
  )
})

describe("what is given", () => {
  it.effect("headers may have any case, and several values", () =>
    Effect.gen(function* () {
      const delivery = yield* made("standard-webhooks")
      const { "webhook-signature": signature, ...rest } = delivery.headers
      const headers = { ...rest, "Webhook-Signature": [signature], Accept: ["*/*", "text/plain"] }
      const args = yield* argumentsFor("standard-webhooks", { ...delivery, headers })
      assert.isTrue((yield* usher([...args, "--secret", secret])).ok)
    })
  )

  const mistakes = [
    ["a sender nobody knows", ["verify", "typefrom"], "did you mean typeform?"],
    ["a sender that resembles none", ["verify", "acme"], "use custom, or one of standard-webhooks, svix"],
    ["no secret", ["verify", "github"], "needs a secret"],
    [
      "a variable that is not set",
      ["verify", "github", "--secret", "env:NOT_SET"],
      "NOT_SET is missing or empty"
    ],
    [
      "a file of a secret that is not there",
      ["verify", "github", "--secret", "file:/nowhere"],
      "the file /nowhere is missing or empty"
    ],
    ["a secret of the wrong shape", ["verify", "svix", "--secret", "whsec_?"], "secret #1: after its prefix"],
    ["no URL where one is signed", ["verify", "hubspot-v3", "--secret", "s"], "with --url"],
    [
      "a URL that is none",
      ["verify", "github", "--secret", "s", "--url", "/in?token=t0ken"],
      "--url /in is not an http(s) URL. Give one that begins with https://"
    ],
    [
      "a scheme for a sender that has one",
      ["verify", "github", "--secret", "s", "--algorithm", "sha1"],
      "github has its own scheme"
    ],
    [
      "a scheme that there is not",
      ["verify", "custom", "--secret", "s", "--algorithm", "md5", "--signed", "{boddy}"],
      "algorithm: Expected"
    ]
  ] as const
  for (const [what, args, hint] of mistakes) {
    it.effect(`${what} is refused in a sentence`, () =>
      Effect.gen(function* () {
        const path = yield* files({ "headers.json": "{}", body: "" })
        const ran = yield* usher([...args, "--headers", path("headers.json"), "--body", path("body")])
        assert.deepStrictEqual([ran.code, ran.stdout], [2, ""])
        assert.include(ran.stderr, hint)
        assert.notInclude(ran.stderr, "t0ken")
      })
    )
  }

  for (const headers of ["", "[]", `{"a":1}`, `"a"`, `{"a":[1]}`]) {
    it.effect(`headers that are ${headers || "an empty file"} are refused`, () =>
      Effect.gen(function* () {
        const path = yield* files({ h: headers, body: "" })
        const args = ["verify", "github", "--secret", "s", "--headers", path("h"), "--body", path("body")]
        const ran = yield* usher(args)
        assert.deepStrictEqual([ran.ok, ran.stdout], [false, ""])
        assert.include(ran.stderr, "expected a JSON object of strings")
      })
    )
  }

  it.effect("files that are not there are named", () =>
    Effect.gen(function* () {
      const path = yield* files({ "headers.json": "{}" })
      const args = ["verify", "github", "--secret", "s", "--headers"]
      const noHeaders = yield* usher([...args, "/no/headers", "--body", "/no/body"])
      assert.include(noHeaders.stderr, "/no/headers: no such file")
      const noBody = yield* usher([...args, path("headers.json"), "--body", "/no/body"])
      assert.include(noBody.stderr, "/no/body: no such file")
    })
  )
})

describe("the diagnosis", () => {
  it.effect("tells a person what helps, what was tried, and what is peculiar to the sender", () =>
    Effect.gen(function* () {
      const delivery = yield* made("hubspot-v3", `{"a":1}`, { url: "https://hooks.example.com/in" })
      const args = yield* argumentsFor("hubspot-v3", { ...delivery, url: "http://hooks.example.com:8080/in" })
      const { ok, stdout } = yield* usher([...args, "--secret", secret])
      assert.isFalse(ok)
      for (const part of [
        "Not valid: no current secret (#1) gives this signature: it is another secret or another public URL, or",
        "Possible fixes:\n  - The signature is right for this URL with the scheme https and no port (secret #1)",
        "Tried without success:\n",
        "other spellings of the same JSON",
        "About HubSpot, signature v3:"
      ]) {
        assert.include(stdout, part)
      }
      for (const hidden of [secret, ...Object.values(delivery.headers)]) {
        assert.notInclude(stdout, hidden ?? secret)
      }
    })
  )

  it.effect("is data with --json", () =>
    Effect.gen(function* () {
      const delivery = yield* made("github", `{ "a": 1 }`)
      const args = yield* argumentsFor("github", { ...delivery, body: `{"a": 1}` })
      const pretty = yield* made("github", JSON.stringify({ a: 1 }, null, 2))
      const reprinted = yield* argumentsFor("github", { ...pretty, body: `{"a":1}` })
      const unknown = JSON.parse((yield* usher([...args, "--secret", secret, "--json"])).stdout)
      assert.deepStrictEqual(unknown.findings, [])
      assert.deepInclude(unknown.tried, { check: "Reserialised", variants: 9 })
      const { findings } = JSON.parse((yield* usher([...reprinted, "--secret", secret, "--json"])).stdout)
      assert.include(findings[0], { finding: "Reserialised", secret: "#1" })
    })
  )

  it.effect("an old delivery is told by how much, and how to judge a capture", () =>
    Effect.gen(function* () {
      const delivery = yield* made("stripe")
      const later = yield* argumentsFor("stripe", delivery, DateTime.add(at, { hours: 1 }))
      const { ok, stdout } = yield* usher([...later, "--secret", secret, "--json"])
      assert.isFalse(ok)
      assert.include(JSON.parse(stdout), { reason: "TooOld", skewSeconds: 3600, header: "stripe-signature" })

      yield* TestClock.setTime(DateTime.toEpochMillis(at) + 3_600_000)
      const now = yield* usher([...(yield* argumentsFor("stripe", delivery, "now")), "--secret", secret])
      assert.include(now.stdout, "signed 3600 s ago")
      assert.include(
        now.stdout,
        "The signature matches one of your secrets.\nIt was signed at about 2026-11-23T09:00:00Z."
      )
      assert.notInclude(now.stdout, "Possible fixes")
      assert.include(now.stdout, "To verify an older capture, give the time it was received with --at.")
    })
  )

  it.effect("finds the source whose secret it is", () =>
    Effect.gen(function* () {
      const path = yield* files({ "usher.yaml": configuration })
      const args = yield* argumentsFor("form", yield* made("typeform", "{}", { secret: other }))
      const environment = { KEY: "k", FORM: secret, SHOP: other }
      const ran = yield* usher([...args, "--config", path("usher.yaml"), "--json"], environment)
      const { findings } = JSON.parse(ran.stdout)
      assert.include(findings[0], { finding: "OtherSource", source: "shop" })

      const right = yield* argumentsFor("form", yield* made("typeform", "{}"))
      assert.isTrue((yield* usher([...right, "--config", path("usher.yaml")], environment)).ok)
      const unknown = yield* usher([...right.with(1, "frm"), "--config", path("usher.yaml")], environment)
      assert.include(unknown.stderr, "nor a source of the configuration (form, shop, rotated, crm)")
    })
  )

  it.effect("finds a secret that has expired by the configuration", () =>
    Effect.gen(function* () {
      const path = yield* files({ "usher.yaml": configuration })
      const delivery = yield* made("typeform", "{}", { secret: other })
      const environment = { KEY: "k", FORM: secret, SHOP: other }
      const flags = ["--config", path("usher.yaml"), "--json"]
      const before = yield* argumentsFor("rotated", delivery, DateTime.subtract(at, { days: 1 }))
      const live = yield* usher([...before, ...flags], environment)
      assert.deepInclude(JSON.parse(live.stdout), { valid: true, secret: "the old one" })

      const after = yield* argumentsFor("rotated", delivery)
      const { ok, stdout } = yield* usher([...after, ...flags], environment)
      assert.isFalse(ok)
      assert.include(JSON.parse(stdout).findings[0], { finding: "ExpiredSecret", secret: "the old one" })
    })
  )

  it.effect("takes a source's URL from the configuration", () =>
    Effect.gen(function* () {
      const path = yield* files({ "usher.yaml": configuration })
      const delivery = yield* made("hubspot-v3", "{}", { url: "https://hooks.example.com/webhooks/crm" })
      const { url: _, ...captured } = delivery
      const args = yield* argumentsFor("crm", captured)
      const environment = { KEY: "k", FORM: secret, SHOP: secret }
      assert.isTrue((yield* usher([...args, "--config", path("usher.yaml")], environment)).ok)
    })
  )
})

const configuration = `
server: { publicUrl: https://hooks.example.com }
spots: { main: { secretKey: { env: KEY } } }
sources:
  form: { sender: typeform, secrets: [{ env: FORM }], spot: main, invite: { live: l } }
  shop: { sender: typeform, secrets: [{ env: SHOP }], spot: main, invite: { live: l } }
  rotated:
    sender: typeform
    secrets: [{ env: FORM }, { env: SHOP, expiresAt: 2026-11-23T00:00:00Z, label: the old one }]
    spot: main
    invite: { live: l }
  crm: { sender: hubspot-v3, secrets: [{ env: FORM }], spot: main, invite: { live: l } }
`

describe("custom", () => {
  const cases = [
    [[], { scheme: "hmac", header: "x-signature" }],
    [
      ["--header", "X-Acme", "--algorithm", "sha512", "--encoding", "base64", "--prefix", "sha512="],
      { scheme: "hmac", header: "x-acme", algorithm: "sha512", encoding: "base64", prefix: "sha512=" }
    ],
    [
      ["--signed", "v0:{timestamp}:{body}{header:x-extra}", "--timestamp-header", "x-time"],
      {
        scheme: "hmac",
        header: "x-signature",
        parts: ["v0:", "timestamp", ":", "body", { header: "x-extra" }],
        timestamp: { header: "x-time" }
      }
    ],
    [
      [
        "--signed={timestamp}.{body}",
        "--timestamp-field=t",
        "--timestamp-unit=milliseconds",
        "--signature-field=s",
        "--separator=;",
        "--tolerance=1 minute"
      ],
      {
        scheme: "hmac",
        header: "x-signature",
        parts: ["timestamp", ".", "body"],
        timestamp: { field: "t", unit: "milliseconds" },
        fields: { separator: ";", signature: "s" }
      }
    ],
    [
      ["--scheme", "hash", "--signed", "{secret}{method}{body}"],
      { scheme: "hash", header: "x-signature", parts: ["secret", "method", "body"] }
    ],
    [
      ["--scheme", "standard-webhooks", "--prefix", "acme-"],
      { scheme: "standard-webhooks", prefixes: ["acme-"] }
    ],
    [["--scheme", "token", "--header", "x-token"], { scheme: "token", header: "x-token" }]
  ] as const satisfies ReadonlyArray<readonly [ReadonlyArray<string>, Scheme.Scheme]>
  for (const [flags, scheme] of cases) {
    it.effect(`${flags.join(" ") || "without a flag"} describes how it is signed`, () =>
      Effect.gen(function* () {
        const delivery = yield* sign(scheme, { secret, body: "{}", at, headers: { "x-extra": "e" } })
        const headers = { ...delivery.headers }
        const args = yield* argumentsFor("custom", { headers, body: "{}" })
        assert.isTrue((yield* usher([...args, "--secret", secret, ...flags])).ok)
        const wrong = yield* usher([...args, "--secret", other, ...flags, "--json"])
        assert.include(JSON.parse(wrong.stdout), { valid: false, reason: "NoSecretMatches" })
      })
    )
  }
})

describe("as a process", () => {
  it.live("ends with 0 for a valid delivery, whose raw bytes come by standard input", () =>
    Effect.gen(function* () {
      const body = Uint8Array.of(0xff, 0x00, 0x0d, 0x0a, 0x80)
      const { headers } = yield* sign(senderNamed("github"), { secret, body, at })
      const path = yield* files({ "headers.json": JSON.stringify(headers) })
      const args = ["verify", "github", "--secret", "env:HOOK_SECRET", "--headers", path("headers.json")]
      const ran = yield* spawned([...args, "--body", "-"], body, { HOOK_SECRET: secret })
      assert.deepStrictEqual([ran.code, ran.stderr], [0, ""])
      assert.match(ran.stdout, /^Valid: GitHub, verified with secret env:HOOK_SECRET\.\n/)
    })
  )

  it.live("ends with 1 and the diagnosis on standard output for one that is not", () =>
    Effect.gen(function* () {
      const args = yield* argumentsFor("github", yield* made("github"))
      const ran = yield* spawned([...args, "--secret", other, "--json"])
      assert.deepStrictEqual([ran.code, ran.stderr], [1, ""])
      assert.include(JSON.parse(ran.stdout), { valid: false, reason: "NoSecretMatches" })
    })
  )

  it.live("ends with 2 and a sentence on standard error when the sender is unknown", () =>
    Effect.gen(function* () {
      const args = ["verify", "githbu", "--secret", "s", "--headers", "h", "--body", "b"]
      const ran = yield* spawned(args)
      assert.deepStrictEqual([ran.code, ran.stdout], [2, ""])
      assert.strictEqual(
        ran.stderr,
        "githbu is not a known sender: did you mean github? (To use your own sources, give --config usher.yaml)\n"
      )
    })
  )
})
