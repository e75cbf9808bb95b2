/**
 * The responses to requests that the relay does not accept. Some senders stop retrying after certain statuses, or disable
 * the hook. Every refusal can be temporary, because an operator can fix a secret or raise a limit and a database can
 * recover. So the relay never sends a status after which the sender gives up.
 */
import { Struct } from "effect"
import type { Sender } from "@usher/signatures"

/**
 * Why the relay refuses a request.
 *
 * - `unverified`: the signature matches no valid secret.
 * - `too-large`: the body is longer than the relay accepts.
 * - `unreadable`: the body ended early.
 * - `undecodable`: the relay can't undo the Content-Encoding.
 * - `limited`: the client or the source has sent too many requests.
 * - `overloaded`: the bodies being read leave no room for another one.
 * - `not-stored`: the database can't be written.
 * - `late`: the database did not answer in time. The webhook may be stored all the same.
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

/**
 * The response to a refused request.
 *
 * @category models
 */
export interface Answer {
  /** The status of the response. */
  readonly status: number
  /** The value of `Retry-After`, in seconds. */
  readonly retryAfter: number | undefined
}

interface Refusing {
  /** The most specific status first. */
  readonly statuses: ReadonlyArray<number>
  /** In seconds. Without it, a retry helps only after a person has changed something. */
  readonly retryAfter?: number
}

const refusing: Record<Refusal, Refusing> = {
  unverified: { statuses: [401] },
  "too-large": { statuses: [413] },
  unreadable: { statuses: [400] },
  undecodable: { statuses: [415] },
  limited: { statuses: [429], retryAfter: 1 },
  overloaded: { statuses: [503], retryAfter: 1 },
  "not-stored": { statuses: [503, 500], retryAfter: 5 },
  late: { statuses: [503, 500], retryAfter: 5 }
}

/**
 * Every refusal.
 *
 * @category constants
 */
export const refusals: ReadonlyArray<Refusal> = Struct.keys(refusing)

/** In seconds. Some senders retry immediately after a 503 without `Retry-After`. */
const defaultRetryAfter = 60

/**
 * The first status after which the sender retries; 503 if there is none. The relay sends 429 only to senders that are known
 * to retry.
 *
 * @category answering
 */
export const answerTo = (sender: Sender.Sender, refusal: Refusal): Answer => {
  const { statuses, retryAfter } = refusing[refusal]
  const status =
    statuses.find(
      (status) =>
        !sender.disablingStatuses.includes(status) && (status !== 429 || sender.retryHorizon !== undefined)
    ) ?? 503
  return { status, retryAfter: retryAfter ?? (status === 503 ? defaultRetryAfter : undefined) }
}
