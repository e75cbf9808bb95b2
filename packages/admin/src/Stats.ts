/**
 * Counts: now, and over time.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Backlog from "@usher/model/Backlog"
import { Concern } from "@usher/model/Concern"
import { Bucket, Counts, Standing } from "@usher/model/Counts"
import * as Page from "./Page.ts"
import { Invalid } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * The cap of counts of pending items.
 *
 * @category constants
 */
export const maxCounted: number = Backlog.maxCounted

/**
 * The current counts.
 *
 * @category schemas
 */
export const Now = Schema.Struct({
  /** Counts of the last 24 hours. */
  lastDay: Counts,
  ...Standing.fields,
  /** What an operator should know now, the most urgent first. */
  concerns: Schema.Array(Concern)
}).annotate({ identifier: "StatsNow" })

/**
 * What the schema `Now` decodes to.
 *
 * @category models
 */
export interface Now extends Schema.Schema.Type<typeof Now> {}

/**
 * The counts of one bucket.
 *
 * @category schemas
 */
export const Point = Schema.Struct({
  /** The start of the bucket. */
  at: Page.Time,
  ...Counts.fields
}).annotate({ identifier: "StatsPoint" })

/**
 * What the schema `Point` decodes to.
 *
 * @category models
 */
export interface Point extends Schema.Schema.Type<typeof Point> {}

/**
 * The endpoints of counts.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("stats").add(
  HttpApiEndpoint.get("now", "/stats", { success: Now }).annotate(OpenApi.Summary, "The current counts"),
  HttpApiEndpoint.get("series", "/stats/series", {
    query: {
      bucket: Bucket,
      from: Page.Time,
      /** Default: now. */
      to: Schema.optionalKey(Page.Time),
      /** Optional. Only counts of this source. */
      source: Schema.optionalKey(Selection.Text)
    },
    success: Schema.Array(Point),
    error: Invalid
  }).annotate(
    OpenApi.Summary,
    "Counts over time, one point for each bucket, at most 2,000. Minutes are kept for two days"
  )
)
