/** What the verdict of a check says. */
import { assert, describe, it } from "@effect/vitest"
import { Duration, Result } from "effect"
import {
  expectedTime,
  type Freshness,
  judgeTime,
  noMatch,
  tellingMore,
  toleranceMillis
} from "../src/internal/check.ts"
import { VerificationFailed } from "../src/index.ts"

const verified = { scheme: "hmac", secret: "#1" }

const freshness: Freshness = { unit: "milliseconds", tolerance: 2_500, future: "reject" }

/** The failure of a time that is so many milliseconds from now. */
const judge = (age: number, options: Partial<Freshness> = {}) =>
  judgeTime({ ...freshness, ...options }, String(1_000_000 - age), 1_000_000, "x-time", verified)

const failed = (reason: VerificationFailed.Reason) =>
  new VerificationFailed.VerificationFailed({ reason, message: "for this test" })

describe("a signed time", () => {
  it("is accepted to the millisecond of its tolerance, and tells how far it is off in seconds", () => {
    for (const age of [2_500, -2_500]) assert.isTrue(Result.isSuccess(judge(age)))
    for (const [age, reason, when] of [
      [2_501, "TooOld", "3 s ago and 2.5 s are allowed: this machine's clock is fast"],
      [-2_501, "FromFuture", "3 s in the future and 2.5 s are allowed: this machine's clock is slow"],
      [4_000, "TooOld", "signed 4 s ago"],
      [2_002_001, "TooOld", "signed 2003 s ago"]
    ] as const) {
      const failure = Result.getOrThrow(Result.flip(judge(age)))
      assert.include(failure, { reason, header: "x-time", skewSeconds: Math.ceil(Math.abs(age) / 1000) })
      assert.include(failure.message, when)
    }
    assert.isTrue(Result.isSuccess(judge(-9_000, { future: "accept" })))
    assert.isTrue(Result.isSuccess(judge(1_000_000, { tolerance: toleranceMillis(undefined) })))
    assert.strictEqual(toleranceMillis(Duration.seconds(2)), 2_000)
  })

  it("is named with its scheme and its secret, and has a delivery id only where one was signed", () => {
    const one = Result.getOrThrow(judge(0))
    assert.deepStrictEqual([one.scheme, one.secret, "deliveryId" in one], ["hmac", "#1", false])
    const other = judgeTime(freshness, "1000000", 1_000_000, "x-time", { ...verified, deliveryId: "1" })
    assert.strictEqual(Result.getOrThrow(other).deliveryId, "1")
  })

  it("that is none is explained, with the usual mistake", () => {
    const plain = "whole seconds since 1970, in digits"
    assert.strictEqual(expectedTime("soon", "seconds"), plain)
    assert.strictEqual(expectedTime(undefined, "seconds"), plain)
    assert.strictEqual(expectedTime("1700000000000", "seconds"), `${plain}; these 13 digits are milliseconds`)
    assert.strictEqual(
      expectedTime("1700000000000", "milliseconds"),
      "whole milliseconds since 1970, in digits"
    )
  })
})

describe("of several refusals", () => {
  const reasons = ["MissingHeader", "NoSecretMatches", "TooOld"] as const

  it("the one that says most is told, whatever their order", () => {
    for (const [weight, more] of reasons.entries()) {
      for (const less of reasons.slice(0, weight)) {
        assert.strictEqual(tellingMore(failed(less), failed(more)).reason, more)
        assert.strictEqual(tellingMore(failed(more), failed(less)).reason, more)
      }
    }
    assert.strictEqual(tellingMore(undefined, failed("MissingHeader")).reason, "MissingHeader")
  })

  it("the first of equals is told", () => {
    assert.strictEqual(tellingMore(failed("TooOld"), failed("FromFuture")).reason, "TooOld")
    assert.strictEqual(tellingMore(failed("FromFuture"), failed("TooOld")).reason, "FromFuture")
    assert.strictEqual(
      tellingMore(failed("MissingHeader"), failed("MalformedHeader")).reason,
      "MissingHeader"
    )
    assert.strictEqual(tellingMore(failed("FromFuture"), failed("NoSecretMatches")).reason, "FromFuture")
    assert.strictEqual(tellingMore(failed("NoSecretMatches"), failed("FromFuture")).reason, "FromFuture")
  })
})

it("a secret that expires now is no live one", () => {
  const secrets = [
    { name: "old", expiresAt: 5, key: "" },
    { name: "new", expiresAt: 6, key: "" }
  ]
  const message = (now: number) => Result.getOrThrow(Result.flip(noMatch(secrets, now))).message
  assert.include(message(4), "(old, new)")
  assert.include(message(5), "(new)")
  assert.include(message(6), "every configured secret has expired")
})
