/** Handshakes that senders request before they deliver. */
import { Effect, Option } from "effect"
import { type Delivery, Handshake, type VerificationFailed } from "@usher/signatures"
import type { Source } from "../source/Source.ts"
import type { Outcome } from "./responses.ts"

/** The response to a handshake, or undefined for a delivery. `sent` is the delivery before decompression. */
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
    // Secrets are checked when a source is made.
    Effect.catchTag("InvalidSecret", Effect.die),
    Effect.map(
      Option.match({
        onNone: () => undefined,
        onSome: (answer): Outcome => ({ _tag: "Handshake", answer })
      })
    )
  )
}
