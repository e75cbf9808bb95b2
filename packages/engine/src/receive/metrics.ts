/** Metrics of requests, by source and by kind of sender. */
import { Clock, Duration, Effect } from "effect"
import { counter, quick, seconds, series } from "../runtime/series.ts"
import type { Source } from "../source/Source.ts"
import type { Outcome } from "./responses.ts"

const accepted = counter("usher_webhooks_accepted_total", "Webhooks that were committed and acknowledged")
const duplicates = counter("usher_webhooks_duplicate_total", "Redeliveries of accepted webhooks")
const refused = counter("usher_webhooks_refused_total", "Requests that were not accepted, by reason")
const answers = seconds("usher_webhook_answer_seconds", "From a request's headers to its response", quick)

/** Negative if the sender had stopped waiting. */
const headroom = seconds(
  "usher_webhook_headroom_seconds",
  "Time left until the sender's timeout when it was answered",
  [0, 0.25, 0.5, 1, 2, 3, 4, 4.5, 5, 8, 10, 15, 20, 25, 30, 60]
)

export const receiving = Effect.gen(function* () {
  const addAccepted = yield* series(accepted, "source", "sender")
  const addDuplicate = yield* series(duplicates, "source", "sender")
  const addRefused = yield* series(refused, "source", "reason")
  const addAnswer = yield* series(answers, "source")
  const addHeadroom = yield* series(headroom, "sender")
  const clock = yield* Clock.Clock
  return {
    /** `since` is by the monotonic clock. */
    answered: ({ name, sender }: Source, outcome: Outcome, since: bigint) => {
      const taken = Number(clock.monotonicTimeNanosUnsafe() - since) / 1e9
      addAnswer(taken, name)
      addHeadroom(Duration.toSeconds(sender.acknowledge.deadline) - taken, sender.name)
      switch (outcome._tag) {
        case "Accepted":
          return (outcome.duplicate ? addDuplicate : addAccepted)(1, name, sender.name)
        case "Refused":
          return addRefused(1, name, reasonOf(outcome))
      }
    },
    /** The caller chooses the name, so it is not a label. */
    unknown: () => addRefused(1, "", "unknown-source")
  }
})

/** For a failed verification, its reason. */
export const reasonOf = (outcome: Extract<Outcome, { readonly _tag: "Refused" }>): string =>
  outcome.refusal === "unverified" ? outcome.failed.reason : outcome.refusal
