/**
 * The Lives to which invitations were requested. MeltingSpot does not know a parked one, and its invitations wait.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { LiveSummary, Outlook } from "@usher/model/LiveSummary"
import { ParkedLive } from "@usher/model/Spot"
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
 * The endpoints of Lives.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("lives").add(
  HttpApiEndpoint.get("list", "/lives", {
    query: Page.options,
    success: Page.of(Live)
  }).annotate(
    OpenApi.Summary,
    "All Lives with their invitations, those with an unknown beginning first, then the latest beginning first"
  ),
  HttpApiEndpoint.get("parked", "/lives/parked", {
    success: Schema.Array(ParkedLive)
  }).annotate(OpenApi.Summary, "All parked Lives"),
  HttpApiEndpoint.post("unpark", "/lives/unpark", {
    payload: Schema.Struct({ spot: Selection.Text, liveId: Selection.Text })
  }).annotate(OpenApi.Summary, "Release a parked Live: its pending invitations become due now")
)
