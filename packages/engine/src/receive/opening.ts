/** A compressed delivery: what its sender signed may be the bytes as sent, or the bytes before they were compressed. */
import { type ByteSize, type DateTime, Effect } from "effect"
import { Body, type Delivery, VerificationFailed, type Verified } from "@usher/signatures"
import type { Source } from "../source/Source.ts"

type Failed = VerificationFailed.VerificationFailed

/** The delivery with its body decompressed; the same one where nothing is compressed. */
export const open = (
  sent: Delivery.Delivery,
  maxSize: ByteSize.ByteSize
): Effect.Effect<Delivery.Delivery, Failed> =>
  Body.isEncoded(sent.headers)
    ? Body.decompress(sent.headers, sent.body, { maxSize }).pipe(
        Effect.map((body) => ({ ...sent, body })),
        Effect.mapError(({ message }) => unreadable(message))
      )
    : Effect.succeed(sent)

const unreadable = (message: string) =>
  new VerificationFailed.VerificationFailed({
    reason: "UnreadableEncoding",
    header: "content-encoding",
    message
  })

/** By the bytes as sent first, then by the opened ones. Without a time, by now. */
export const verify = (
  { verifier }: Pick<Source, "verifier">,
  sent: Delivery.Delivery,
  opened: Delivery.Delivery,
  at?: DateTime.Utc
): Effect.Effect<Verified.Verified, Failed> => {
  const by = (delivery: Delivery.Delivery) =>
    at === undefined ? verifier.verify(delivery) : verifier.verifyAt(delivery, at)
  return sent === opened ? by(sent) : Effect.catch(by(sent), () => by(opened))
}

/** Both: a delivery as it was sent, or as it waits in quarantine, to what is verified and the delivery that is read. */
export const openAndVerify = Effect.fnUntraced(function* (
  source: Pick<Source, "verifier">,
  sent: Delivery.Delivery,
  options: { readonly maxSize: ByteSize.ByteSize; readonly at?: DateTime.Utc }
) {
  const delivery = yield* open(sent, options.maxSize)
  return { verified: yield* verify(source, sent, delivery, options.at), delivery }
})
