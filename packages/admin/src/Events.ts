/**
 * Live events: changes as they happen, without addresses.
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
    "Live events. The stream does not replay missed events: reload the data after a reconnect"
  )
)
