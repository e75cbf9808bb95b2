/**
 * How much of what: now, and over time.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Backlog from "@usher/model/Backlog"
import { Authorization } from "./Access.ts"
import { Exact } from "./Exact.ts"
import * as Page from "./Page.ts"
import { Invalid, Unavailable } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * What is counted: webhooks that were accepted, sent again, mapped, ignored or unmappable; invitations that were made
 * (`asked`), and how they ended. `retried` counts attempts that another one follows.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Counts = Schema.Struct({
  /** Webhooks that were accepted. */
  accepted: Schema.Int,
  /** Deliveries that were sent again. */
  duplicates: Schema.Int,
  /** Webhooks that were mapped to invitations. */
  mapped: Schema.Int,
  /** Webhooks in which nobody is meant. */
  ignored: Schema.Int,
  /** Webhooks whose mapping failed. */
  unmappable: Schema.Int,
  /** Invitations that were made. */
  asked: Schema.Int,
  /** Invitations that ended with an invited person. */
  invited: Schema.Int,
  /** Invitations of people who were participants before. */
  alreadyInvited: Schema.Int,
  /** Invitations that the upstream refused. */
  rejected: Schema.Int,
  /** Invitations that ran out of attempts. */
  exhausted: Schema.Int,
  /** Invitations that were not sent in time. */
  expired: Schema.Int,
  /** Attempts that another attempt follows. */
  retried: Schema.Int
}).annotate({ identifier: "Counts" })

/**
 * What the schema `Counts` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Counts extends Schema.Schema.Type<typeof Counts> {}

/**
 * The highest count of what waits or needs an operator; it stands for that many or more.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxCounted: number = Backlog.maxCounted

/**
 * How things stand.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Now = Schema.Struct({
  /** In the last 24 hours. */
  lastDay: Counts,
  /** Webhooks that wait for their mapping, at most `maxCounted`. */
  waitingWebhooks: Schema.Int,
  /** Invitations that are due or wait for their time, at most `maxCounted`. */
  waitingInvitations: Schema.Int,
  /** Rejected and exhausted ones, at most `maxCounted`. */
  deadLetters: Schema.Int,
  /** Unmappable webhooks, at most `maxCounted`. */
  unmappable: Schema.Int,
  /** Deliveries in quarantine, at most `maxCounted`. */
  quarantined: Schema.Int,
  /** When the webhook came that has waited longest for its mapping. */
  oldestReceived: Schema.NullOr(Page.Time),
  /** When the invitation was due that has waited longest to be sent. */
  oldestDue: Schema.NullOr(Page.Time)
}).annotate({ identifier: "StatsNow" })

/**
 * What the schema `Now` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Now extends Schema.Schema.Type<typeof Now> {}

/**
 * The length of time that one point of a series covers.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Bucket = Schema.Literals(["minute", "hour", "day"])

/**
 * The counts of one bucket.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Point = Schema.Struct({
  /** When the bucket begins. */
  at: Page.Time,
  ...Counts.fields
}).annotate({ identifier: "StatsPoint" })

/**
 * What the schema `Point` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface Point extends Schema.Schema.Type<typeof Point> {}

/**
 * The endpoints of figures.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("stats")
  .add(
    HttpApiEndpoint.get("now", "/stats", { success: Now, error: Unavailable }).annotate(
      OpenApi.Summary,
      "How things stand"
    ),
    HttpApiEndpoint.get("series", "/stats/series", {
      query: {
        bucket: Bucket,
        from: Page.Time,
        /** Default: now. */
        to: Schema.optionalKey(Page.Time),
        /** Of one source only. */
        source: Schema.optionalKey(Selection.Text)
      },
      success: Schema.Array(Point),
      error: [Invalid, Unavailable]
    }).annotate(
      OpenApi.Summary,
      "Counts over time: every bucket is there, at most 2,000; minutes are kept for two days"
    )
  )
  .middleware(Exact)
  .middleware(Authorization)
