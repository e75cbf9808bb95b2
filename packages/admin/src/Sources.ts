/**
 * Sources: where webhooks come from. One that is paused still accepts, and holds what it accepts.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Counts } from "@usher/model/Counts"
import * as Page from "./Page.ts"
import { NotFound } from "./Problem.ts"

/**
 * A source with its state and counters.
 *
 * @category schemas
 */
export const Source = Schema.Struct({
  /** Its name. */
  name: Schema.String,
  /** The kind of system that sends, such as `typeform`. */
  sender: Schema.String,
  /** The Spot that it invites with. */
  spot: Schema.String,
  /** What the sender calls. */
  url: Schema.String,
  /** How it verifies. */
  scheme: Schema.String,
  /** Whether its webhooks are mapped, or held. */
  state: Schema.Literals(["active", "paused"]),
  /** `paused` until all that was held is on its way, after it was resumed. */
  pausedAt: Schema.NullOr(Page.Time),
  /** Who paused it, and why. */
  pausedBy: Schema.NullOr(Schema.String),
  /** Why it is paused. Null where nobody said or it is not. */
  reason: Schema.NullOr(Schema.String),
  /** Webhooks that wait for it to resume, at most `Stats.maxCounted`. */
  held: Schema.Int,
  /** Of the mapping that is in use; null where it is not known. */
  mappingVersion: Schema.NullOr(Schema.String),
  /** In the last 24 hours. */
  counters: Schema.Struct(
    Struct.pick(Counts.fields, ["accepted", "duplicates", "mapped", "ignored", "unmappable"])
  ),
  /** How long its sender waits for an answer, and the slowest answer of the relay that is asked, since it started. */
  acknowledgement: Schema.Struct({ deadlineMs: Schema.Finite, slowestMs: Schema.NullOr(Schema.Finite) }),
  /** More than one while they are rotated, by the names that the configuration gives them. */
  secrets: Schema.Array(
    Schema.Struct({ label: Schema.NullOr(Schema.String), expiresAt: Schema.NullOr(Page.Time) })
  ),
  /** Deliveries in quarantine. */
  quarantined: Schema.Int,
  /** To the minute. */
  lastReceivedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "Source" })

/**
 * What the schema `Source` decodes to.
 *
 * @category models
 */
export interface Source extends Schema.Schema.Type<typeof Source> {}

/** Stands in the audit log and in the list. */
const reason = { reason: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(300))) }

const byName = { params: { name: Schema.String }, success: Source, error: NotFound } as const

/**
 * The endpoints of sources.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("sources").add(
  HttpApiEndpoint.get("list", "/sources", { success: Schema.Array(Source) }).annotate(
    OpenApi.Summary,
    "All sources, with their state and counters"
  ),
  HttpApiEndpoint.post("pause", "/sources/:name/pause", {
    ...byName,
    payload: Schema.Struct(reason)
  }).annotate(OpenApi.Summary, "Accept and hold: nothing is mapped until it is resumed"),
  HttpApiEndpoint.post("resume", "/sources/:name/resume", byName).annotate(
    OpenApi.Summary,
    "Resume a source: map its backlog and new webhooks"
  )
)
