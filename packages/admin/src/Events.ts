/**
 * What changes, as it changes. Without addresses.
 */
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { Event } from "@usher/model/Event"

/**
 * The endpoint of live events.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("events").add(
  HttpApiEndpoint.get("stream", "/events", { success: HttpApiSchema.StreamSse({ data: Event }) }).annotate(
    OpenApi.Summary,
    "Live events. After a reconnection, look again: what happened in between is not told"
  )
)
