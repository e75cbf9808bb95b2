/** A delivery to a source for a person of its own, so that what became of it can be told afterwards. */
import { DateTime, Duration, Effect } from "effect"
import { HttpClient } from "effect/http"
import type { Delivery, Secret } from "@usher/signatures"
import * as Posting from "../outbound/Posting.ts"

export interface Parcel {
  readonly source: string
  /** Nobody else's. */
  readonly member: string
  /** As it is sent, in base64. */
  readonly body: string
  /** Signed at that time. */
  readonly sign: (at: DateTime.Utc) => Effect.Effect<Delivery.Delivery, Secret.InvalidSecret>
}

/** What the sender saw; without a status there was no answer. */
export interface Answer {
  readonly status: number | undefined
  readonly millis: number
}

/** More than any sender has. */
const patience = "30 seconds"

/** Signed anew each time, as senders do; signing takes no part of the time. */
export const send = Effect.fnUntraced(
  function* (parcel: Parcel, relayUrl: string) {
    const delivery = yield* Effect.flatMap(DateTime.now, parcel.sign)
    const [took, status] = yield* HttpClient.execute(
      Posting.request(`${relayUrl}/webhooks/${parcel.source}`, delivery)
    ).pipe(
      Effect.flatMap(({ status, text }) => Effect.as(text, status)),
      Effect.timeout(patience),
      Effect.orElseSucceed(() => undefined),
      Effect.timed
    )
    const answer: Answer = { status, millis: Duration.toMillis(took) }
    return answer
  },
  // Who can't sign has no parcels.
  Effect.orDie,
  Effect.withTracerEnabled(false),
  Effect.provideService(HttpClient.TracerPropagationEnabled, false)
)

export const isAcknowledged = ({ status = 0 }: Answer): boolean => status >= 200 && status < 300
