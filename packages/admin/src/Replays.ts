/**
 * Sending ended invitations again, and mapping webhooks again; with a plan first.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Search from "@usher/model/Search"
import { Requires } from "./Access.ts"
import * as Invitations from "./Invitations.ts"
import { Invalid } from "./Problem.ts"
import { ProgressStream } from "./Progress.ts"
import * as Webhooks from "./Webhooks.ts"

/**
 * What a replay would do, with the duration in milliseconds.
 *
 * @category schemas
 */
export const Plan = Search.Plan.mapFields(({ duration: _duration, ...fields }) => ({
  ...fields,
  /** How long the calls take at least, with a budget of which nothing is spent. */
  durationMs: Schema.Finite
})).annotate({ identifier: "Plan" })

/**
 * What the schema `Plan` decodes to.
 *
 * @category models
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * The endpoints of replays.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("replays").add(
  HttpApiEndpoint.post("plan", "/replays/plan", {
    payload: Invitations.Chosen,
    success: Plan,
    error: Invalid
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "What a replay of these invitations would mean"),
  HttpApiEndpoint.post("invitations", "/replays/invitations", {
    payload: Invitations.Chosen,
    success: ProgressStream,
    error: Invalid
  }).annotate(OpenApi.Summary, "Send ended invitations again: dead letters, unless other statuses are named"),
  HttpApiEndpoint.post("webhooks", "/replays/webhooks", {
    payload: Webhooks.Chosen,
    success: ProgressStream,
    error: Invalid
  }).annotate(OpenApi.Summary, "Map webhooks again: unmappable ones, unless other statuses are named")
)
