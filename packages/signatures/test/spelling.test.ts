/** The same proof, written otherwise: what verifies, and what a refusal is explained by. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { gzipSync } from "node:zlib"
import { Delivery, Diagnosis, type Scheme, Secret, Verifier } from "../src/index.ts"
import { at, otherWhsec, senderNamed, sign, verifyAt, whsec } from "./samples.ts"

const body = `{"email":"ada@example.com"}`
const hmac = { scheme: "hmac", header: "x-signature" } as const
const given = (headers: Record<string, string>, url = "https://a.example/") =>
  Delivery.make({ headers, body, url })

const signatureIn = Effect.fnUntraced(function* (scheme: Scheme.Hmac) {
  return (yield* sign(scheme, { secret: whsec, body, at })).headers["x-signature"] ?? ""
})

const verifies = Effect.fnUntraced(function* (
  scheme: Scheme.Scheme,
  secret: string,
  delivery: Delivery.Delivery
) {
  return (yield* Effect.exit(verifyAt(scheme, secret, delivery)))._tag === "Success"
})

const findings = Effect.fnUntraced(function* (
  scheme: Scheme.Scheme,
  secret: string,
  delivery: Delivery.Delivery
) {
  yield* TestClock.setTime(DateTime.toEpochMillis(at))
  const report = yield* Diagnosis.diagnose({ scheme, secrets: [Secret.make(secret)], delivery })
  return report.findings.map(({ finding }) => finding)
})

describe("encodings", () => {
  const other = (text: string) => (text.startsWith("A") ? "B" : "A") + text.slice(1)
  const cases: ReadonlyArray<
    readonly [encoding: "hex" | "base64" | "base64url", write: (text: string) => string, ok: boolean]
  > = [
    ["hex", (text) => text.toUpperCase(), true],
    ["hex", (text) => text.slice(0, 10).toUpperCase() + text.slice(10), true],
    ["hex", (text) => text.slice(0, -1), false],
    ["hex", (text) => `${text}0`, false],
    ["hex", (text) => `0x${text}`, false],
    ["base64", (text) => text.replace(/=+$/, ""), true],
    ["base64", (text) => Buffer.from(text, "base64").toString("base64url"), true],
    ["base64", (text) => `${Buffer.from(text, "base64").toString("base64url")}=`, true],
    ["base64", (text) => `${text}=`, false],
    ["base64", (text) => other(text), false],
    // The last character holds two bits that no byte has.
    ["base64", (text) => text.replace(/(.)=$/, (_, last: string) => `${nextOf(last)}=`), false],
    ["base64", (text) => `${text.slice(0, 5)}!${text.slice(5)}`, false],
    ["base64", (text) => Buffer.from(text, "base64").toString("hex"), false],
    ["base64url", (text) => `${text}=`, true],
    ["base64url", (text) => Buffer.from(text, "base64url").toString("base64"), true],
    ["base64url", (text) => `${text}==`, false]
  ]
  for (const [index, [encoding, write, isRight]] of cases.entries()) {
    it.effect(`${encoding}: spelling ${index + 1} is ${isRight ? "read" : "refused"}`, () =>
      Effect.gen(function* () {
        const scheme = { ...hmac, encoding } as const
        const delivery = given({ "x-signature": write(yield* signatureIn(scheme)) })
        assert.strictEqual(yield* verifies(scheme, whsec, delivery), isRight)
      })
    )
  }

  it.effect("refuses two alphabets in one signature", () =>
    Effect.gen(function* () {
      const scheme = { ...hmac, encoding: "base64" } as const
      for (let turn = 0; turn < 200; turn++) {
        const turned = { ...scheme, parts: [`${turn}.`, "body"] } as const
        const text = yield* signatureIn(turned)
        if (!/[+/].*[+/]/.test(text)) continue
        const mixed = text.replace(/[+/]/, (char) => (char === "+" ? "-" : "_"))
        assert.isFalse(yield* verifies(turned, whsec, given({ "x-signature": mixed })))
        return
      }
      assert.fail("no signature with two such characters")
    })
  )
})

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
const nextOf = (char: string) => alphabet[alphabet.indexOf(char) + 1] ?? "B"

describe("tokens in a URL", () => {
  const secret = "ab+cd/ef=="
  const urls = [
    "?token=ab+cd/ef==",
    "?token=ab%2Bcd/ef==",
    "?token=ab%2Bcd%2Fef%3D%3D",
    "?a=b+c&token=ab%2Bcd/ef=="
  ]
  for (const name of ["token", "zapier", "make", "jotform", "eventbrite", "mailchimp"]) {
    it.effect(`${name}: "+" is read as itself, too`, () =>
      Effect.gen(function* () {
        const { scheme } = senderNamed(name)
        for (const query of urls) {
          assert.isTrue(yield* verifies(scheme, secret, given({}, `https://a.example/in${query}`)), query)
        }
        assert.isTrue(yield* verifies(scheme, "ab cd", given({}, "https://a.example/in?token=ab+cd")))
        assert.isFalse(yield* verifies(scheme, secret, given({}, "https://a.example/in?token=ab cd/ef==")))
      })
    )
  }

  for (const secret of ["ab&cd", "ab#cd", "ab%41cd"]) {
    it.effect(`says what a URL makes of ${secret}`, () =>
      Effect.gen(function* () {
        const { scheme } = senderNamed("zapier")
        const pasted = given({}, `https://a.example/in?token=${secret}`)
        assert.deepStrictEqual(yield* findings(scheme, secret, pasted), ["UrlToken"])
        assert.deepStrictEqual(yield* findings(scheme, secret, given({}, "https://a.example/in?token=x")), [])
      })
    )
  }
})

it.effect("basic credentials may be in Latin-1", () =>
  Effect.gen(function* () {
    const of = (bytes: Buffer) => given({ authorization: `Basic ${bytes.toString("base64")}` })
    const { scheme } = senderNamed("basic")
    assert.isTrue(yield* verifies(scheme, "zoë:grün", of(Buffer.from("zoë:grün", "latin1"))))
    assert.isTrue(yield* verifies(scheme, "zoë:grün", of(Buffer.from("zoë:grün", "utf8"))))
    assert.isTrue(yield* verifies(scheme, "zoë:€", of(Buffer.from("zoë:€", "utf8"))))
    assert.isFalse(yield* verifies(scheme, "zoë:grün", of(Buffer.from("zo?:gr?n", "latin1"))))
  })
)

describe("Twilio", () => {
  const { scheme } = senderNamed("twilio")
  const form = { "content-type": "application/x-www-form-urlencoded" }

  /** Signed as Twilio does over exactly this URL. */
  const signedOver = Effect.fnUntraced(function* (url: string, text: string) {
    const { createHmac } = yield* Effect.promise(() => import("node:crypto"))
    const signature = createHmac("sha1", whsec)
      .update(url + text)
      .digest("base64")
    return { ...form, "x-twilio-signature": signature }
  })

  for (const query of ['?a="b"', "?c=sip:1@h", "?c=sip%3A1%40h", "?a='b'", "?a=b+c"]) {
    it.effect(`verifies a URL with ${query} as it came`, () =>
      Effect.gen(function* () {
        const url = `https://a.example/in${query}`
        const delivery = Delivery.make({ headers: yield* signedOver(url, "a1"), body: "a=1", url })
        assert.isTrue(yield* verifies(scheme, whsec, delivery))
      })
    )
  }

  for (const [requested, signed, isRight] of [
    ["?c=sip%3A1%40h", "?c=sip:1@h", true],
    ["?c=a%7Cb&d=%22e%22", '?c=a|b&d="e"', true],
    ["?c=a%20b", "?c=a+b", true],
    ["?c=a%20b%7Cc", "?c=a+b|c", true],
    ["?c=a%20b%7Cc", "?c=a%20b|c", true],
    ["?c=a+b%3Ac", "?c=a%20b%3Ac", true],
    ["?c=%2B1%3D%C3%BC", "?c=+1=ü", true],
    ["?c=%zz&d=%3A", "?c=%zz&d=:", true],
    ["?c=%E4%3A&d=e%3D", "?c=%E4%3A&d=e=", true],
    ["?c=a%26d%3Db", "?c=a&d=b", false],
    ["?c%3Da", "?c=a", false],
    ["?c=a%23b", "?c=a#b", false],
    ["?c=a%3Ab", "?c=a:c", false]
  ] as const) {
    it.effect(`${isRight ? "verifies" : "refuses"} a URL with ${requested} that is signed as ${signed}`, () =>
      Effect.gen(function* () {
        const headers = yield* signedOver(`https://a.example/in${signed}`, "a1")
        const url = `https://a.example/in${requested}`
        const delivery = Delivery.make({ headers, body: "a=1", url })
        assert.strictEqual(yield* verifies(scheme, whsec, delivery), isRight)
      })
    )
  }

  it.effect("reads a question mark at the beginning of a form as part of the name", () =>
    Effect.gen(function* () {
      const url = "https://a.example/in"
      const headers = yield* signedOver(url, "?a1")
      assert.isTrue(yield* verifies(scheme, whsec, Delivery.make({ headers, body: "?a=1", url })))
      assert.isFalse(yield* verifies(scheme, whsec, Delivery.make({ headers, body: "a=1", url })))
    })
  )

  it.effect("refuses more fields than Twilio sends", () =>
    Effect.gen(function* () {
      const text = Array.from({ length: 1_001 }, (_, index) => `f${index}=1`).join("&")
      const headers = { ...form, "x-twilio-signature": "x" }
      const delivery = Delivery.make({ url: "https://a.example/", headers, body: text })
      assert.include(yield* Effect.flip(verifyAt(scheme, whsec, delivery)), { reason: "MalformedHeader" })
    })
  )
})

describe("Standard Webhooks", () => {
  it.effect("takes a secret that is pasted with the version of its signatures", () =>
    Effect.gen(function* () {
      const sender = senderNamed("standard-webhooks")
      const delivery = yield* sign(sender, { secret: whsec, body, at, id: "msg_1" })
      assert.isTrue(yield* verifies(sender.scheme, `v1,${whsec}`, delivery))
    })
  )

  it.effect("says that 13 digits are milliseconds", () =>
    Effect.gen(function* () {
      for (const [name, header] of [
        ["standard-webhooks", "webhook-timestamp"],
        ["slack", "x-slack-request-timestamp"]
      ] as const) {
        const sender = senderNamed(name)
        const delivery = yield* sign(sender, { secret: whsec, body, at, id: "msg_1" })
        const headers = { ...delivery.headers, [header]: String(DateTime.toEpochMillis(at)) }
        const error = yield* Effect.flip(verifyAt(sender.scheme, whsec, { ...delivery, headers }))
        assert.include(error, { reason: "MalformedHeader", header })
        assert.include(error.message, "milliseconds")
      }
    })
  )
})

describe("what stays refused is explained", () => {
  it.effect("a signature in a header that is not configured", () =>
    Effect.gen(function* () {
      const delivery = given({ "x-signature": "00", "x-signature-2": yield* signatureIn(hmac) })
      assert.deepStrictEqual(yield* findings(hmac, whsec, delivery), ["OtherHeader"])
      const alone = given({ "x-signature-2": yield* signatureIn(hmac) })
      assert.include(yield* findings(hmac, whsec, alone), "OtherHeader")
      const standard = senderNamed("standard-webhooks").scheme
      const svix = yield* sign(senderNamed("svix"), { secret: whsec, body, at, id: "msg_1" })
      assert.include(yield* findings(standard, whsec, svix), "OtherHeader")
    })
  )

  it.effect("a token in a header, or after a word, that is not configured", () =>
    Effect.gen(function* () {
      const token = { scheme: "token", header: "x-form-token" } as const
      const bearer = { scheme: "token", header: "authorization", prefix: "Bearer " } as const
      const sentenceOf = Effect.fnUntraced(function* (scheme: Scheme.Token, headers: Record<string, string>) {
        yield* TestClock.setTime(DateTime.toEpochMillis(at))
        const secrets = [Secret.make("s3cret", { label: "main" })]
        const report = yield* Diagnosis.diagnose({ scheme, secrets, delivery: given(headers) })
        return report.findings.find(({ finding }) => finding === "OtherHeader")?.sentence
      })
      for (const others of [{}, { "x-form-token": "another" }]) {
        assert.strictEqual(
          yield* sentenceOf(token, { ...others, "x-webhook-secret": "s3cret" }),
          "The token is right with secret main in the header x-webhook-secret, which is not configured: add it to the scheme."
        )
        assert.include(
          (yield* sentenceOf(token, { ...others, authorization: "Bearer s3cret" })) ?? "",
          'after "Bearer " in the header authorization,'
        )
      }
      assert.include(
        (yield* sentenceOf(bearer, { authorization: "s3cret" })) ?? "",
        "in the header authorization,"
      )
      assert.include(
        (yield* sentenceOf(bearer, { authorization: "Token s3cret" })) ?? "",
        'after "Token " in the header authorization,'
      )
      assert.isUndefined(
        yield* sentenceOf(token, { authorization: "Bearer another", "x-form-token": "s3cre" })
      )
    })
  )

  it.effect("more signatures than are tried", () =>
    Effect.gen(function* () {
      const theirs = (yield* sign(hmac, { secret: otherWhsec, body, at })).headers["x-signature"] ?? ""
      const value = [...Array.from({ length: 8 }, () => theirs), yield* signatureIn(hmac)].join(",")
      assert.include(yield* findings(hmac, whsec, given({ "x-signature": value })), "TooManySignatures")
    })
  )

  it.effect("a signature in another encoding", () =>
    Effect.gen(function* () {
      const text = (yield* signatureIn({ ...hmac, encoding: "base64" })).replace("=", "")
      assert.deepStrictEqual(yield* findings(hmac, whsec, given({ "x-signature": text })), ["OtherDigest"])
    })
  )

  it.effect("a compressed body that was signed neither as sent nor before it was compressed", () =>
    Effect.gen(function* () {
      const signed = (content: string) =>
        Effect.map(signatureIn(hmac), (signature) =>
          Delivery.make({
            headers: { "x-signature": signature, "content-encoding": "gzip" },
            body: gzipSync(content)
          })
        )
      assert.deepEqual(yield* findings(hmac, whsec, yield* signed("something else")), ["Encoded"])
      assert.deepEqual(yield* findings(hmac, whsec, yield* signed(body)), ["Valid"])
      const { "content-encoding": _, ...headers } = (yield* signed(body)).headers
      const stripped = { ...(yield* signed(body)), headers }
      assert.deepEqual(yield* findings(hmac, whsec, stripped), ["Encoded"])
    })
  )

  it.effect("an old delivery whose public-key signature is wrong is not called right", () =>
    Effect.gen(function* () {
      const standard = senderNamed("standard-webhooks").scheme
      const headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": "1000",
        "webhook-signature": `v1a,${"A".repeat(86)}==`
      }
      const key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
      assert.notInclude(yield* findings(standard, key, given(headers)), "ClockOffset")
    })
  )
})

it.effect("a body that can't be read is refused by every sender, and is no defect", () =>
  Effect.gen(function* () {
    const deep = "[".repeat(100_000) + "]".repeat(100_000)
    for (const scheme of [senderNamed("segment-batch").scheme, senderNamed("linear").scheme]) {
      const verifier = yield* Verifier.make({ scheme, secrets: [Secret.make(whsec)] })
      const headers = { "x-signature": "00", "linear-signature": "00" }
      const error = yield* Effect.flip(verifier.verify(Delivery.make({ headers, body: deep })))
      assert.strictEqual(error._tag, "VerificationFailed")
    }
  })
)
