/** Metrics of requests, by source and by kind of sender. */
import { Clock, Duration, Effect } from "effect"
import { VerificationFailed } from "@usher/signatures"
import { Inbox } from "../ports/Inbox.ts"
import { counter, quick, seconds, series } from "../runtime/series.ts"
import { supervise, working } from "../runtime/supervise.ts"
import type { Source } from "../source/Source.ts"
import { refusals } from "./Refusal.ts"
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

const storeEvery = "10 seconds"

/**
 * Counts the refused requests of each source over time. Stores the counts together while the scope is open, so that a
 * flood of requests does not write each.
 */
const countingRefused = Effect.gen(function* () {
  const inbox = yield* Inbox
  let counts = new Map<string, number>()
  const add = (source: string, times: number) => counts.set(source, (counts.get(source) ?? 0) + times)

  const store = Effect.suspend(() => {
    if (counts.size === 0) return Effect.void
    const taken = counts
    counts = new Map()
    return Effect.tapCause(inbox.countRefused(taken), () =>
      Effect.sync(() => taken.forEach((times, source) => add(source, times)))
    )
  })
  const step = Effect.sleep(storeEvery).pipe(Effect.andThen(store), Effect.andThen(working))
  yield* Effect.forkScoped(supervise("Counting refused requests", step))
  return (source: string) => void add(source, 1)
})

export const receiving = Effect.gen(function* () {
  const addAccepted = yield* series(accepted, "source", "sender")
  const addDuplicate = yield* series(duplicates, "source", "sender")
  const addRefused = yield* series(refused, "source", "reason")
  const addAnswer = yield* series(answers, "source")
  const addHeadroom = yield* series(headroom, "sender")
  const countRefused = yield* countingRefused
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
          countRefused(name)
          return addRefused(1, name, reasonOf(outcome))
      }
    },
    /** The caller chooses the name, so it is not a label. */
    unknown: () => addRefused(1, "", "unknown-source")
  }
})

/** Starts each series of a source at zero, or its first increase would be invisible. */
export const begin = Effect.gen(function* () {
  const addAccepted = yield* series(accepted, "source", "sender")
  const addDuplicate = yield* series(duplicates, "source", "sender")
  const addRefused = yield* series(refused, "source", "reason")
  const reasons = [
    ...refusals.filter((refusal) => refusal !== "unverified"),
    ...VerificationFailed.Reason.literals
  ]
  return ({ name, sender }: Source): void => {
    addAccepted(0, name, sender.name)
    addDuplicate(0, name, sender.name)
    for (const reason of reasons) addRefused(0, name, reason)
  }
})

/** For a failed verification, its reason. */
export const reasonOf = (outcome: Extract<Outcome, { readonly _tag: "Refused" }>): string =>
  outcome.refusal === "unverified" ? outcome.failed.reason : outcome.refusal
