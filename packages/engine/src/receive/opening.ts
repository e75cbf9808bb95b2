/** Opens compressed deliveries. A sender may sign the bytes as sent, or those before compression. */
import { type ByteSize, type DateTime, Effect } from "effect"
import { Body, type Delivery, VerificationFailed, type Verified } from "@usher/signatures"
import type { Source } from "../source/Source.ts"

type Failed = VerificationFailed.VerificationFailed

/** Decompresses the body. Returns the same delivery if it is not compressed. */
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

/** Verifies the bytes as sent first, then the decompressed ones. Default time: now. */
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

/** Opens and verifies a delivery as it was sent, or as it is kept in quarantine. */
export const openAndVerify = Effect.fnUntraced(function* (
  source: Pick<Source, "verifier">,
  sent: Delivery.Delivery,
  options: { readonly maxSize: ByteSize.ByteSize; readonly at?: DateTime.Utc }
) {
  const delivery = yield* open(sent, options.maxSize)
  return { verified: yield* verify(source, sent, delivery, options.at), delivery }
})
