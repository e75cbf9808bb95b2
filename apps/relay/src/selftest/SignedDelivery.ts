/** Test deliveries: each has its own person, so that its outcome can be found. */
import { DateTime, Duration, Effect } from "effect"
import { HttpClient } from "effect/http"
import type { Delivery, Secret } from "@usher/signatures"
import * as Posting from "../outbound/Posting.ts"

export interface SignedDelivery {
  readonly source: string
  /** The person, unique to this delivery. */
  readonly member: string
  /** The body as sent, in base64. */
  readonly body: string
  /** Signs the delivery at a time. */
  readonly sign: (at: DateTime.Utc) => Effect.Effect<Delivery.Delivery, Secret.InvalidSecret>
}

/** The response to the sender. Without a status: no response. */
export interface Answer {
  readonly status: number | undefined
  readonly millis: number
}

/** Longer than the timeout of any sender. */
const sendTimeout = "30 seconds"

/** Signs and sends a delivery. The measured time excludes signing. */
export const send = Effect.fnUntraced(
  function* (signed: SignedDelivery, relayUrl: string) {
    const delivery = yield* Effect.flatMap(DateTime.now, signed.sign)
    const [took, status] = yield* HttpClient.execute(
      Posting.request(`${relayUrl}/webhooks/${signed.source}`, delivery)
    ).pipe(
      Effect.flatMap(({ status, text }) => Effect.as(text, status)),
      Effect.timeout(sendTimeout),
      Effect.orElseSucceed(() => undefined),
      Effect.timed
    )
    const answer: Answer = { status, millis: Duration.toMillis(took) }
    return answer
  },
  // Sources that can't sign are left out.
  Effect.orDie,
  Effect.withTracerEnabled(false),
  Effect.provideService(HttpClient.TracerPropagationEnabled, false)
)

export const isAcknowledged = ({ status = 0 }: Answer): boolean => status >= 200 && status < 300
