/**
 * Spots: MeltingSpot workspaces that invitations are sent with, each with its own key and budget.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { PausedBy, SpotStatus } from "@usher/model/Spot"
import * as Page from "./Page.ts"
import { NotFound } from "./Problem.ts"

/**
 * A Spot with its state.
 *
 * @category schemas
 */
export const Spot = Schema.Struct({
  /** Its name. */
  name: Schema.String,
  /** What the Spot does now. */
  state: SpotStatus,
  /** Why it is not active. */
  reason: Schema.NullOr(Schema.String),
  /** Since when it is not active. */
  since: Schema.NullOr(Page.Time),
  /** In cooldown, or while the circuit is open: when the next call is made. */
  until: Schema.NullOr(Page.Time),
  /** Who paused it. `upstream`: it does not accept the key; a call now and then finds out whether that is mended. */
  pausedBy: Schema.NullOr(PausedBy),
  /** When its next invitation is due; null when none waits. */
  nextDueAt: Schema.NullOr(Page.Time),
  /** A regular expression that the ids of its members match, besides UUIDs. */
  memberId: Schema.optionalKey(Schema.String),
  /** Pending invitations, capped at `Stats.maxCounted`. */
  backlog: Schema.Int
}).annotate({ identifier: "Spot" })

/**
 * What the schema `Spot` decodes to.
 *
 * @category models
 */
export interface Spot extends Schema.Schema.Type<typeof Spot> {}

const byName = { params: { name: Schema.String }, success: Spot, error: NotFound } as const

/**
 * The endpoints of Spots.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("spots").add(
  HttpApiEndpoint.get("list", "/spots", { success: Schema.Array(Spot) }).annotate(
    OpenApi.Summary,
    "List all Spots with their state"
  ),
  HttpApiEndpoint.post("pause", "/spots/:name/pause", {
    ...byName,
    payload: Schema.Struct({ reason: Schema.NonEmptyString.check(Schema.isMaxLength(300)) })
  }).annotate(OpenApi.Summary, "Send nothing until it is resumed"),
  HttpApiEndpoint.post("resume", "/spots/:name/resume", byName)
    .annotate(OpenApi.Summary, "Send again")
    .annotate(
      OpenApi.Description,
      "Ends a pause, a cooldown and an open circuit. Invitations that wait for their next attempt are due at once; parked Lives stay parked."
    )
)
