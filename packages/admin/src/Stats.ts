/**
 * How much of what: now, and over time.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Backlog from "@usher/model/Backlog"
import { Bucket, Counts, Standing } from "@usher/model/Counts"
import * as Page from "./Page.ts"
import { Invalid } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * The cap of counts of what waits or needs an operator.
 *
 * @category constants
 */
export const maxCounted: number = Backlog.maxCounted

/**
 * How things stand.
 *
 * @category schemas
 */
export const Now = Schema.Struct({
  /** In the last 24 hours. */
  lastDay: Counts,
  ...Standing.fields
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
  /** When the bucket begins. */
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
 * The endpoints of figures.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("stats").add(
  HttpApiEndpoint.get("now", "/stats", { success: Now }).annotate(OpenApi.Summary, "How things stand"),
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
    error: Invalid
  }).annotate(
    OpenApi.Summary,
    "Counts over time: every bucket is there, at most 2,000; minutes are kept for two days"
  )
)
