/**
 * Cancellations: pending invitations that the relay no longer sends. Later webhooks do not send them either; a replay does.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import * as Search from "@usher/model/Search"
import { Requires } from "./Access.ts"
import * as Invitations from "./Invitations.ts"
import { Invalid } from "./Problem.ts"
import { ProgressStream } from "./Progress.ts"

/**
 * The effect of a cancellation.
 *
 * @category schemas
 */
export const Plan = Search.CancelPlan

/**
 * What the schema `Plan` decodes to.
 *
 * @category models
 */
export interface Plan extends Schema.Schema.Type<typeof Plan> {}

/**
 * The endpoints of cancellations.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("cancellations").add(
  HttpApiEndpoint.post("plan", "/cancellations/plan", {
    payload: Invitations.Chosen,
    success: Plan,
    error: Invalid
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Plan a cancellation of these invitations. Changes nothing"),
  HttpApiEndpoint.post("invitations", "/cancellations/invitations", {
    payload: Invitations.Planned,
    success: ProgressStream,
    error: Invalid
  }).annotate(OpenApi.Summary, "Cancel pending invitations")
)
