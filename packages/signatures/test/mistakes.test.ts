/** What a program does wrong is named, also where no types tell it. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted, Result } from "effect"
import { Delivery, Diagnosis, Handshake, Scheme, Secret, Senders, Verifier } from "../src/index.ts"
import { sign } from "../src/testing.ts"
import { at } from "./samples.ts"

/** A function as a program without types calls it. */
const untyped =
  <A>(call: (...args: never) => A) =>
  (...args: ReadonlyArray<unknown>): A =>
    Reflect.apply(call, undefined, args)

const messageOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error("nothing was refused")
}

const empty = new Uint8Array()

describe("a misspelled sender", () => {
  const forSender = untyped(Verifier.forSenderUnsafe)
  for (const [name, meant] of [
    ["gihub", "github"],
    ["githbu", "github"],
    ["Stirpe", "stripe"],
    ["hubspot_v3", "hubspot-v3"],
    ["zoom-webinar", "zoom"]
  ] as const) {
    it(`${name} is told the nearest name`, () => {
      assert.strictEqual(
        messageOf(() => forSender(name, "s")),
        `There is no sender "${name}": did you mean "${meant}"?`
      )
    })
  }

  it("that is near to none is told all names", () => {
    for (const name of ["foo", "", undefined, "x".repeat(100_000)]) {
      assert.include(
        messageOf(() => forSender(name, "s")),
        "known are standard-webhooks, svix"
      )
    }
  })

  it.effect("ends the Effect with the same error", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.suspend(() => untyped(Verifier.forSender)("gihub", "s")))
      assert.include(JSON.stringify(exit), "UnknownSender")
    })
  )
})

describe("a secret", () => {
  const wrong: ReadonlyArray<readonly [what: string, secret: unknown, expected: string]> = [
    ["undefined", undefined, "it is undefined"],
    ["null", null, "it is undefined"],
    ["a Redacted undefined", Redacted.make(undefined), "it is undefined"],
    ["a number", 1, "it is neither a string nor a Redacted string"],
    ["bytes", empty, "it is neither a string nor a Redacted string"]
  ]
  for (const [what, secret, expected] of wrong) {
    it(`that is ${what} is refused, wherever it is given`, () => {
      assert.include(
        messageOf(() => untyped(Secret.make)(secret)),
        expected
      )
      assert.include(
        messageOf(() => untyped(Verifier.forSenderUnsafe)("github", secret)),
        `secret #1: ${expected}`
      )
      const secrets = [{ value: secret, label: "new" }]
      assert.include(
        messageOf(() => untyped(Verifier.makeUnsafe)({ scheme: { scheme: "basic" }, secrets })),
        `secret new: ${expected}`
      )
    })
  }

  it("that ends at a Date of JavaScript is refused, where it never verified before", () => {
    assert.include(
      messageOf(() => untyped(Secret.make)("s", { expiresAt: new Date() })),
      "expiresAt is not a DateTime"
    )
  })

  it("with undefined options is one without them", () => {
    assert.strictEqual(Secret.nameOf(Secret.make("s", { label: undefined, expiresAt: undefined }), 0), "#1")
  })
})

describe("a scheme", () => {
  const hmac = { scheme: "hmac", header: "x" }
  const github = Senders.of("github")
  const wrong: ReadonlyArray<readonly [what: string, scheme: unknown, expected: string]> = [
    ["with a misspelled name", { scheme: "hmacc" }, '"hmacc" is no scheme: did you mean "hmac"?'],
    ["with a misspelled key", { ...hmac, algoritm: "sha1" }, 'no key "algoritm": did you mean "algorithm"?'],
    ["with a misspelled key inside", { ...hmac, timestamp: { header: "t", unti: "s" } }, '["unti"]'],
    ["with an unknown value", { ...hmac, algorithm: "sha-256" }, '"sha1" | "sha256"'],
    ["with a misspelled part", { ...hmac, parts: ["tiemstamp"] }, '"timestamp"'],
    ["whose time stands nowhere", { ...hmac, parts: ["timestamp", "body"] }, "`timestamp` has to name"],
    ["without a header", { scheme: "hmac" }, '["header"]'],
    ["that is a token nowhere", { scheme: "token" }, "`header`, `query` or both"],
    ["that is a name", "github", "Verifier.forSender"],
    ["that is a row", github, "give its scheme"],
    ["that is undefined", undefined, "got undefined"],
    ["whose tolerance has no unit", { ...hmac, tolerance: 300 }, '300 has no unit: give "300 seconds"'],
    ["whose tolerance is no time", { ...hmac, tolerance: "banana" }, '["tolerance"]'],
    ["whose tolerance is negative", { ...hmac, tolerance: Duration.seconds(-1) }, "is negative"]
  ]
  for (const [what, scheme, expected] of wrong) {
    it(`${what} is refused by all that take a scheme`, () => {
      const delivery = Delivery.make({ headers: {}, body: "" })
      const secrets = ["s"]
      for (const run of [
        () => untyped(Scheme.make)(scheme),
        () => untyped(Scheme.headersRead)(scheme),
        () => untyped(Verifier.makeUnsafe)({ scheme, secrets }),
        // A row is what `sign` takes as well.
        ...(scheme === github
          ? []
          : [() => Effect.runSync(untyped(sign)(scheme, { secret: "s", body: "", at }))]),
        () => Effect.runSync(untyped(Diagnosis.diagnose)({ scheme, secrets, delivery }))
      ]) {
        assert.include(messageOf(run), expected)
      }
    })
  }

  it("with undefined keys is one without them", () => {
    assert.deepStrictEqual(
      untyped(Scheme.make)({ scheme: "hmac", header: "X", prefix: undefined, timestamp: undefined }),
      { scheme: "hmac", header: "x" }
    )
  })
})

describe("a body that is no bytes", () => {
  const github = Verifier.forSenderUnsafe("github", "s")
  const wrong: ReadonlyArray<readonly [what: string, body: unknown, expected: string]> = [
    ["parsed JSON", { a: 1 }, "parsed value (of type object), not the raw bytes"],
    ["a parsed list", [1], "parsed value (an array)"],
    ["undefined", undefined, "has no body"],
    ["a stream", new ReadableStream(), "Delivery.fromRequest"]
  ]
  for (const [what, body, expected] of wrong) {
    it(`is named where it is ${what}`, async () => {
      assert.include(
        messageOf(() => untyped(Delivery.make)({ headers: {}, body })),
        expected
      )
      const delivery = { method: "POST", headers: {}, body }
      const verdict = untyped(github.verifyResult)(delivery)
      assert.isTrue(Result.isFailure(verdict))
      const { message, reason } = Result.getOrThrow(Result.flip(verdict))
      assert.strictEqual(reason, "NotRawBody")
      assert.include(message, expected)
      const { findings } = await Effect.runPromise(
        untyped(Diagnosis.diagnose)({ scheme: github.sender.scheme, secrets: ["s"], delivery })
      )
      assert.deepStrictEqual(
        findings.map(({ finding }) => finding),
        ["NotRawBody"]
      )
    })
  }

  it("is no Uint8Array of another realm, and no ArrayBuffer", () => {
    const bytes = new Uint8Array([1, 2])
    assert.deepStrictEqual(Delivery.make({ headers: {}, body: bytes.buffer }).body, bytes)
  })
})

describe("a delivery without its URL", () => {
  const delivery = Delivery.make({ headers: {}, body: "" })
  const signers = Senders.all.filter(({ scheme }) => Scheme.needsUrl(scheme, {}))
  const names = signers.map(({ name }) => name)

  it("is no delivery of Twilio's and HubSpot's, among others", () => {
    assert.includeMembers(names, ["twilio", "hubspot"])
  })

  for (const { name, scheme } of signers) {
    it.effect(`is told so by ${name}, in a verification and a diagnosis`, () =>
      Effect.gen(function* () {
        const verifier = yield* Verifier.make({ scheme, secrets: ["s"] })
        for (const without of [delivery, { ...delivery, url: "/hook" }, { ...delivery, url: "" }]) {
          const failed = yield* Effect.flip(verifier.verify(without))
          assert.strictEqual(failed.reason, "MissingUrl")
          assert.include(failed.message, "public URL")
          assert.deepStrictEqual(Result.flip(verifier.verifyResult(without)), Result.succeed(failed))
          const { findings } = yield* Diagnosis.diagnose({ scheme, secrets: ["s"], delivery: without })
          assert.deepStrictEqual(
            findings.map(({ finding }) => finding),
            ["MissingUrl"]
          )
        }
      })
    )
  }

  // A token that has a header is put there.
  for (const sender of signers.filter(({ scheme }) => scheme.scheme !== "token" || !("header" in scheme))) {
    it(`is told so by ${sender.name}, in a signature`, () => {
      assert.include(
        messageOf(() => Effect.runSync(sign(sender, { secret: "s", body: "", at }))),
        "give the option url"
      )
    })
  }

  it.effect("is told so by Meta's handshake", () =>
    Effect.gen(function* () {
      const failed = yield* Effect.flip(
        Handshake.respond(Senders.of("meta"), { ...delivery, method: "GET" }, { secrets: [Secret.make("s")] })
      )
      assert.propertyVal(failed, "reason", "MissingUrl")
    })
  )

  it("that is relative can't be built", () => {
    assert.include(
      messageOf(() => Delivery.make({ url: "/hook", headers: {}, body: "" })),
      "not absolute"
    )
  })
})

it("headers whose names are in capitals are named, where a header is missing", () => {
  const github = Verifier.forSenderUnsafe("github", "s")
  for (const headers of [{ "X-Hub-Signature-256": "sha256=aa" }, new Headers({ a: "b" })]) {
    const verdict = untyped(github.verifyResult)({ method: "POST", headers, body: empty })
    assert.include(Result.getOrThrow(Result.flip(verdict)).message, "build it with Delivery.make")
  }
})
