/**
 * Lives that the upstream does not know: they are parked, with what waits for them.
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
  }).annotate(OpenApi.Summary, "Lives that are parked now"),
  HttpApiEndpoint.post("unpark", "/lives/unpark", {
    payload: Schema.Struct({ spot: Selection.Text, liveId: Selection.Text })
  }).annotate(OpenApi.Summary, "Make what waits for a Live due at once")
)
