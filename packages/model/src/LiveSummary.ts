/**
 * A Live with what the upstream says of it, and how far its invitations are.
 */
import { DateTime, Schema } from "effect"
import type { Hold } from "./Hold.ts"
import { Time } from "./Time.ts"

/**
 * Whether all invitations to a Live are sent before it begins. `sent`: none waits, and none failed or expired. `incomplete`: none
 * waits, and some failed or expired. `in_time`: the budget lets the whole backlog of the Spot go before the beginning. `late`: it
 * does not, or the Live has begun. `held`: nobody knows when the Spot sends again, or the Live is parked. `unknown`: the
 * beginning is unknown.
 *
 * @category schemas
 */
export const Outlook = Schema.Literals(["sent", "incomplete", "in_time", "late", "held", "unknown"])

/**
 * Whether all invitations to a Live are sent before it begins.
 *
 * @category models
 */
export type Outlook = typeof Outlook.Type

/**
 * The last Live of a page as a cursor: its beginning in milliseconds since 1970, its Spot and its id.
 *
 * @category schemas
 */
export const Cursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(Schema.Tuple([Schema.Int, Schema.String, Schema.String])))
)

/**
 * A Live to which invitations were requested. `requested` is the sum of the other counts.
 *
 * @category schemas
 */
export const LiveSummary = Schema.Struct({
  /** The Spot that invites to it. */
  spot: Schema.String,
  /** The id of the Live. */
  liveId: Schema.String,
  /** Its title; null if it is blank, and until the relay has read it from the upstream. */
  title: Schema.NullOr(Schema.String),
  /** When it begins; null while that is unknown. */
  startsAt: Schema.NullOr(Time),
  /** When it ends; null while that is unknown. */
  endsAt: Schema.NullOr(Time),
  /** When the relay last read it from the upstream; null if it never did. */
  readAt: Schema.NullOr(Time),
  /** The tag of the error of the last read; null if it succeeded. */
  readError: Schema.NullOr(Schema.String),
  /** All its invitations. */
  requested: Schema.Int,
  /** Invitations that the upstream accepted, now or earlier. */
  sent: Schema.Int,
  /** Invitations that wait for their turn, their next attempt or the answer to a call. */
  waiting: Schema.Int,
  /** Dead letters, and rows that could not be read. */
  failed: Schema.Int,
  /** Invitations that expired before they were sent. */
  expired: Schema.Int,
  /** Invitations that were cancelled before they were sent. */
  cancelled: Schema.Int,
  /** When a parked Live is probed; null if it is not parked. */
  parkedUntil: Schema.NullOr(Time)
})

/**
 * A Live to which invitations were requested.
 *
 * @category models
 */
export interface LiveSummary extends Schema.Schema.Type<typeof LiveSummary> {}

/**
 * The fields that identify a Live.
 *
 * @category models
 */
export type Identity = Pick<LiveSummary, "spot" | "liveId">

/** A longer title is cut, so that it does not hide the rest of the sentence. */
const longTitle = /^(.{100}).+$/su

/**
 * A Live in a sentence: `"Product demo" (live-1)`, or its id alone if its title is unknown or blank. The title is the
 * upstream's text: escape the sentence where it is shown.
 *
 * @category accessors
 */
export const nameOf = ({ liveId, title }: Pick<LiveSummary, "liveId" | "title">): string => {
  const text = title?.replaceAll(/\s+/g, " ").trim() ?? ""
  return text === "" ? liveId : `"${text.replace(longTitle, "$1…")}" (${liveId})`
}

/**
 * What decides the outlook of a Live.
 *
 * @category models
 */
export interface Facts {
  /** The Live. */
  readonly live: Pick<LiveSummary, "waiting" | "failed" | "expired" | "startsAt" | "parkedUntil">
  /** The current time. */
  readonly now: DateTime.Utc
  /** What keeps the Spot from sending; null if nothing does. */
  readonly hold: Pick<Hold, "state"> | null
  /** The earliest time by which the backlog of the Spot can be sent; null without a forecast. */
  readonly clearAt: DateTime.Utc | null
}

/**
 * The outlook of a Live.
 *
 * @category accessors
 */
export const outlook = ({
  live: { waiting, failed, expired, startsAt, parkedUntil },
  now,
  hold,
  clearAt
}: Facts): Outlook => {
  if (waiting === 0) return failed + expired === 0 ? "sent" : "incomplete"
  // The end of a cooldown is known, and part of the forecast.
  const isHeld = hold !== null && hold.state !== "cooldown"
  if (isHeld || parkedUntil !== null) return "held"
  if (startsAt === null || clearAt === null) return "unknown"
  return DateTime.isLessThan(DateTime.max(now, clearAt), startsAt) ? "in_time" : "late"
}
