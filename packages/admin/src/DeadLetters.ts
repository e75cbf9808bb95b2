/**
 * Invitations that finished without success, grouped by cause.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { DeadLetterGroup } from "@usher/model/Counts"

/**
 * The endpoint of dead letters.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("deadLetters").add(
  HttpApiEndpoint.get("list", "/dead-letters", {
    success: Schema.Array(DeadLetterGroup)
  }).annotate(OpenApi.Summary, "Dead letters by cause, largest group first, at most 500 groups")
)
