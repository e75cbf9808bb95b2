/**
 * What a request that is not accepted is answered with. Each sender reads statuses in its own way: after some it never
 * comes again, or disables the hook. No trouble that may pass is answered so, and every refusal is one that may pass:
 * secrets are mended, limits are raised, databases come back.
 */
import type { Sender } from "@usher/signatures"

/**
 * - `unverified`: no live secret gives its signature.
 * - `too-large`: its body is longer than the relay takes.
 * - `unreadable`: its body broke off.
 * - `undecodable`: its Content-Encoding can't be undone.
 * - `limited`: too many have come.
 * - `overloaded`: the bodies that are being read leave no room for one more.
 * - `not-stored`: the database can't be written.
 * - `late`: the database has not answered in time; it may be stored all the same.
 *
 * @category models
 */
export type Refusal =
  | "unverified"
  | "too-large"
  | "unreadable"
  | "undecodable"
  | "limited"
  | "overloaded"
  | "not-stored"
  | "late"

/** The most telling status first. */
const statuses: Record<Refusal, ReadonlyArray<number>> = {
  unverified: [401, 503],
  "too-large": [413, 503],
  unreadable: [400, 503],
  undecodable: [415, 503],
  limited: [429, 503],
  overloaded: [503],
  "not-stored": [503, 500],
  late: [503, 500]
}

/** Seconds after which it is worth coming again; without a number, a person has to do something first. */
const retryAfter: Record<Refusal, number | undefined> = {
  unverified: undefined,
  "too-large": undefined,
  unreadable: undefined,
  undecodable: undefined,
  limited: 1,
  overloaded: 1,
  "not-stored": 5,
  late: 5
}

/**
 * How a sender is told of a refusal.
 *
 * @category models
 */
export interface Answer {
  /** The status of the response. */
  readonly status: number
  /** For `Retry-After`, in seconds. */
  readonly retryAfter: number | undefined
}

/** A 503 without one is come back to at once by some. */
const whenMended = 60

/**
 * The first status that does not make the sender give up. 429 is for senders of which it is known that they try again.
 *
 * @category answering
 */
export const answerTo = (sender: Sender.Sender, refusal: Refusal): Answer => {
  const status = statuses[refusal].find(
    (status) =>
      !sender.disablingStatuses.includes(status) && (status !== 429 || sender.retryHorizon !== undefined)
  )
  const seconds = retryAfter[refusal]
  // A sender that gives up on every one of them leaves no choice.
  if (status === undefined || status === 503) return { status: 503, retryAfter: seconds ?? whenMended }
  return { status, retryAfter: seconds }
}
