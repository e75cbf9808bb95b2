/**
 * Spots: MeltingSpot workspaces, each with its own key and budget.
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
  /** The current state of the Spot. */
  state: SpotStatus,
  /** Why the Spot is not active. Null if it is. */
  reason: Schema.NullOr(Schema.String),
  /** Since when the Spot is not active. Null if it is. */
  since: Schema.NullOr(Page.Time),
  /** When the next call is made, in cooldown or while the circuit is open. */
  until: Schema.NullOr(Page.Time),
  /** Who paused the Spot. `upstream`: MeltingSpot refuses the key; the relay probes it from time to time. */
  pausedBy: Schema.NullOr(PausedBy),
  /** When the next invitation is due. Null if none is pending. */
  nextDueAt: Schema.NullOr(Page.Time),
  /** A regular expression for member ids that are not UUIDs. */
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
  }).annotate(OpenApi.Summary, "Pause a Spot: it sends nothing until it is resumed"),
  HttpApiEndpoint.post("resume", "/spots/:name/resume", byName)
    .annotate(OpenApi.Summary, "Resume a Spot")
    .annotate(
      OpenApi.Description,
      "Ends a pause, a cooldown and an open circuit. Invitations that wait for a retry become due now. Parked Lives stay parked."
    )
)
