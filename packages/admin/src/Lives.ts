/**
 * Parked Lives: MeltingSpot does not know them, and their invitations wait.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ParkedLive } from "@usher/model/Spot"
import * as Selection from "./Selection.ts"

/**
 * The endpoints of parked Lives.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("lives").add(
  HttpApiEndpoint.get("parked", "/lives/parked", {
    success: Schema.Array(ParkedLive)
  }).annotate(OpenApi.Summary, "All parked Lives"),
  HttpApiEndpoint.post("unpark", "/lives/unpark", {
    payload: Schema.Struct({ spot: Selection.Text, liveId: Selection.Text })
  }).annotate(OpenApi.Summary, "Release a parked Live: its pending invitations become due now")
)
