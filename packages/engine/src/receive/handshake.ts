/** What senders ask before they deliver anything. */
import { Effect, Option } from "effect"
import { type Delivery, Handshake, type VerificationFailed } from "@usher/signatures"
import type { Source } from "../source/Source.ts"
import type { Outcome } from "./responses.ts"

/**
 * The answer to what a sender asks before it delivers anything; nothing, if this is a delivery. `sent` is the same one before
 * it was decompressed.
 */
export const handshake = (
  source: Source,
  delivery: Delivery.Delivery,
  sent: Delivery.Delivery = delivery
): Effect.Effect<Outcome | undefined, VerificationFailed.VerificationFailed> => {
  const { sender, secrets, verifyToken } = source
  if (sender.handshake === undefined) return Effect.undefined
  return Handshake.respond(sender, delivery, {
    secrets,
    ...(verifyToken === undefined ? {} : { verifyToken }),
    ...(sent === delivery ? {} : { sent })
  }).pipe(
    // Secrets are judged when a source is made.
    Effect.catchTag("InvalidSecret", Effect.die),
    Effect.map(
      Option.match({
        onNone: () => undefined,
        onSome: (answer): Outcome => ({ _tag: "Handshake", answer })
      })
    )
  )
}
