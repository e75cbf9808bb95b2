/**
 * Replays: send finished invitations again, and map webhooks again.
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
 * The effect of a replay, with the duration in milliseconds.
 *
 * @category schemas
 */
export const Plan = Search.Plan.mapFields(({ duration: _duration, ...fields }) => ({
  ...fields,
  /** The minimum duration of the calls, with an unused budget. */
  durationMs: Schema.Finite
})).annotate({ identifier: "Plan" })

/**
 * What the schema `Plan` decodes to.
 *
 * @category models
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * The effect of mapping webhooks again.
 *
 * @category schemas
 */
export const RemapPlan = Search.RemapPlan

/**
 * What the schema `RemapPlan` decodes to.
 *
 * @category models
 */
export interface RemapPlan extends Schema.Schema.Type<typeof RemapPlan> {}

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
    .annotate(OpenApi.Summary, "Plan a replay of these invitations. Changes nothing"),
  HttpApiEndpoint.post("invitations", "/replays/invitations", {
    payload: Invitations.Planned,
    success: ProgressStream,
    error: Invalid
  }).annotate(
    OpenApi.Summary,
    "Send finished invitations again. Default: dead letters; by ids or webhook also expired and cancelled ones"
  ),
  HttpApiEndpoint.post("planWebhooks", "/replays/webhooks/plan", {
    payload: Webhooks.Chosen,
    success: RemapPlan,
    error: Invalid
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Plan to map these webhooks again. Changes nothing"),
  HttpApiEndpoint.post("webhooks", "/replays/webhooks", {
    payload: Webhooks.Planned,
    success: ProgressStream,
    error: Invalid
  }).annotate(OpenApi.Summary, "Map webhooks again. Default: unmappable webhooks")
)
