import { expect, it } from "@effect/vitest"
import { createHash } from "node:crypto"
import { weaknessOf } from "../../src/check/secretStrength.ts"

it.each([
  ["abc", "short-secret"],
  ["", "short-secret"],
  ["fifteen-letters", "short-secret"],
  ["whsec_MfKQ9r8GKYqr", "short-secret"],
  ["a".repeat(32), "repetitive-secret"],
  ["abcabcabcabcabcabcabc", "repetitive-secret"],
  ["passwordpassword", "repetitive-secret"],
  ["changeme-changeme", "repetitive-secret"],
  ["abcdefghijklmnopqrstuvwxyz", "repetitive-secret"],
  ["0123456789abcdef", "repetitive-secret"],
  ["9876543210987654321", "repetitive-secret"],
  ["1212343412123434", "repetitive-secret"]
])("%s is a weak secret: %s", (secret, weakness) => {
  expect(weaknessOf(secret)).toBe(weakness)
})

it("random secrets, as openssl and senders make them, are not weak", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const bytes = createHash("sha256").update(String(seed)).digest()
    for (const secret of [
      bytes.toString("hex"),
      bytes.toString("base64"),
      `whsec_${bytes.subarray(0, 24).toString("base64")}`,
      bytes.subarray(0, 16).toString("hex")
    ])
      expect([secret, weaknessOf(secret)]).toEqual([secret, undefined])
  }
})
