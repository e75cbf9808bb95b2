/**
 * The Lives to which invitations were requested. MeltingSpot does not know a parked one, and its invitations wait.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Hold } from "@usher/model/Hold"
import { Cursor, LiveSummary, Outlook } from "@usher/model/LiveSummary"
import * as Spot from "@usher/model/Spot"
import { Invitation } from "./Invitations.ts"
import * as Page from "./Page.ts"
import * as Selection from "./Selection.ts"

/**
 * A Live with the counts of its invitations, and whether they are sent before it begins.
 *
 * @category schemas
 */
export const Live = LiveSummary.mapFields((fields) => ({
  ...fields,
  /** Whether all its invitations are sent before it begins. */
  outlook: Outlook,
  /** What keeps the Spot from sending; null if nothing does, or none of its invitations waits. */
  hold: Schema.NullOr(Hold.fields.state),
  /** The earliest time by which the backlog of the Spot can be sent; null without a forecast. */
  clearAt: Schema.NullOr(Page.Time)
})).annotate({ identifier: "Live" })

/**
 * What the schema `Live` decodes to.
 *
 * @category models
 */
export interface Live extends Schema.Schema.Type<typeof Live> {}

/**
 * A parked Live, and when it is probed.
 *
 * @category schemas
 */
export const ParkedLive = Spot.ParkedLive.mapFields((fields) => ({
  ...fields,
  /** When one invitation is sent as a probe: not before its Spot makes its next call. Null while the Spot is paused. */
  probeAt: Schema.NullOr(Page.Time)
})).annotate({ identifier: "ParkedLive" })

/**
 * What the schema `ParkedLive` decodes to.
 *
 * @category models
 */
export interface ParkedLive extends Schema.Schema.Type<typeof ParkedLive> {}

/**
 * Which invitations to export: `sent` (invited now or earlier), `waiting`, `failed` (the dead letters), `expired`,
 * `cancelled`, or `all`.
 *
 * @category schemas
 */
export const Which = Schema.Literals(["sent", "waiting", "failed", "expired", "cancelled", "all"])

/**
 * What the schema `Which` decodes to.
 *
 * @category models
 */
export type Which = typeof Which.Type

/**
 * The format of an export: comma-separated values with a heading, or one JSON object for each line.
 *
 * @category schemas
 */
export const Format = Schema.Literals(["csv", "ndjson"])

/**
 * What the schema `Format` decodes to.
 *
 * @category models
 */
export type Format = typeof Format.Type

/**
 * The content types of the formats.
 *
 * @category constants
 */
export const contentTypes: Readonly<Record<Format, string>> = {
  csv: "text/csv; charset=utf-8",
  ndjson: "application/x-ndjson"
}

/**
 * One exported invitation: a line of NDJSON, or a row of CSV.
 *
 * @category schemas
 */
export const Exported = Invitation.mapFields(
  Struct.pick([
    "id",
    "member",
    "status",
    "spot",
    "liveId",
    "source",
    "createdAt",
    "settledAt",
    "attempts",
    "lastError"
  ])
).annotate({ identifier: "ExportedInvitation" })

/**
 * What the schema `Exported` decodes to.
 *
 * @category models
 */
export interface Exported extends Schema.Schema.Type<typeof Exported> {}

/**
 * The endpoints of Lives.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("lives").add(
  HttpApiEndpoint.get("list", "/lives", {
    query: Page.options(Page.cursorOf(Cursor)),
    success: Page.of(Live)
  }).annotate(
    OpenApi.Summary,
    "All Lives with their invitations, those with an unknown beginning first, then the latest beginning first"
  ),
  HttpApiEndpoint.get("export", "/lives/export", {
    query: {
      liveId: Selection.Text,
      spot: Schema.optionalKey(Selection.Text),
      which: Schema.optionalKey(Which),
      format: Schema.optionalKey(Format)
    },
    success: HttpApiSchema.StreamUint8Array({ contentType: Object.values(contentTypes) })
  }).annotate(
    OpenApi.Summary,
    "Stream the people of a Live, of any number, as CSV or NDJSON. Default: those who were invited, as CSV"
  ),
  HttpApiEndpoint.get("parked", "/lives/parked", {
    success: Schema.Array(ParkedLive)
  }).annotate(OpenApi.Summary, "All parked Lives"),
  HttpApiEndpoint.post("unpark", "/lives/unpark", {
    payload: Schema.Struct({ spot: Selection.Text, liveId: Selection.Text })
  }).annotate(OpenApi.Summary, "Release a parked Live: its pending invitations become due now")
)
