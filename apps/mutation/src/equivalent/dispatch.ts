import type { Equivalents } from "./Equivalents.ts"

export const dispatch: Equivalents = {
  "packages/engine/src/ports/Budget.ts": {
    "No share is negative and their sum is at most 1, so no share is above 1.": [
      "0, maximum: 1 → 0, maximum: 2"
    ]
  },
  "packages/engine/src/dispatch/breaking.ts": {
    "The relay announces an open circuit again before the circuit can be half open.": [
      "(spot) announced.delete(spot) → (spot) undefined"
    ],
    "The breaker treats an undefined retryAfter as none.": [
      "retryAfter === undefined ? {} : { retryAfter } → { retryAfter }"
    ]
  },
  "packages/engine/src/dispatch/calling.ts": {
    "undefined is not among the refusals.": [
      "tag === undefined || !refusals.has(tag) → !refusals.has(tag)",
      "tag !== undefined && refusals.has(tag) → refusals.has(tag)"
    ],
    "Without an action beyond the invitations, `isHeeded` is true from the start.": [
      "spotAction !== undefined && !isHeeded → !isHeeded"
    ],
    "Duration.millis turns NaN into zero.": ["call.reservation?.since ?? begun → call.reservation?.since"],
    "The code that settles treats undefined as Unlisted.": [
      'Effect.map((answers) => answers.map((answer): Result => answer ?? "Unlisted")), Effect. → Effect.',
      'answer ?? "Unlisted" → answer'
    ],
    "A call has at least one invitation.": ["first === undefined → false"],
    "A participant has no field _tag.": [
      'typeof result === "object" && "_tag" in result ? → typeof result === "object" ?'
    ],
    "The action follows from the error, which all invitations of a call share.": [
      "spotAction ??= decided.spotAction → spotAction = decided.spotAction"
    ]
  },
  "packages/engine/src/dispatch/RetryPolicy.ts": {
    "Any limit of about a century keeps the due time a valid date.": ["days(36_500) → days(36501)"],
    "From the seventh refusal on the longest cooldown is shorter than both.": [
      "refusals - 1, 20 → refusals - 1, 21"
    ]
  },
  "packages/engine/src/store/postgres/electing.ts": {
    "One more look without news is a look as on any beat.": ["sliding<void>(1) → sliding<void>(2)"],
    "Each look subtracts 1 before it reads the value.": ["waited: 0, kept: 0 → waited: 0, kept: 1"]
  },
  "packages/engine/src/store/postgres/electionSession.ts": {
    "Any number that all relays share will do.": [
      "presence = 7_265_746 → presence = 7265747",
      "presence = 7_265_746 → presence = 7265745"
    ],
    "This session holds the lock shared, so no session holds it in another mode, and no other lock has class 0.":
      [
        "locktype = 'advisory' → (locktype = 'advisory' OR 1 = 1)",
        "mode = 'ShareLock' → (mode = 'ShareLock' OR 1 = 1)"
      ]
  }
}
