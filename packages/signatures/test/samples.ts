/** What the tests of several modules share: secrets of the right shape, and a moment. */
import { DateTime, Effect, Option } from "effect"
import { TestClock } from "effect/testing"
import { type Scheme, Secret, type Sender, Senders, Verifier } from "../src/index.ts"
import { sign as signAt, type SignOptions } from "../src/testing.ts"
import type { Delivery } from "../src/Delivery.ts"

export const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
export const otherWhsec = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
/** The key pair that Svix publishes for tests. */
export const whpk = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
export const whsk =
  "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
export const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")

export const secretFor = (scheme: Scheme.Scheme): string =>
  scheme.scheme === "basic" ? `relay:${whsec}` : whsec
export const otherSecretFor = (scheme: Scheme.Scheme): string =>
  scheme.scheme === "basic" ? `relay:${otherWhsec}` : otherWhsec

export const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))

/** For senders of every scheme, of which some sign the URL. */
export const sign = (
  sender: Sender.Sender | Scheme.Input,
  { url = "https://hooks.example.com/", ...options }: SignOptions
) => signAt(sender, { ...options, url })

/** Verify at a moment of the test clock. */
export const verifyAt = Effect.fnUntraced(function* (
  scheme: Scheme.Scheme,
  secrets: string | ReadonlyArray<Secret.Secret>,
  delivery: Delivery,
  moment: DateTime.Utc = at
) {
  yield* TestClock.setTime(DateTime.toEpochMillis(moment))
  const list = typeof secrets === "string" ? [Secret.make(secrets)] : secrets
  const verifier = yield* Verifier.make({ scheme, secrets: list })
  return yield* verifier.verify(delivery)
})

export const secondsAfter = (seconds: number): DateTime.Utc => DateTime.add(at, { seconds })
