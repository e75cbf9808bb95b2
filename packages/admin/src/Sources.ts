/**
 * Sources of webhooks. A paused source still accepts webhooks, and holds them.
 */
import { Schema, Struct } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Counts } from "@usher/model/Counts"
import * as Page from "./Page.ts"
import { Conflict, NotFound } from "./Problem.ts"
import * as Selection from "./Selection.ts"

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
  /** The name of the Spot. */
  spot: Schema.String,
  /** The URL that the sender calls. */
  url: Schema.String,
  /** The signature scheme. */
  scheme: Schema.String,
  /** `paused`: webhooks are held. A resumed source stays `paused` until its backlog is released. */
  state: Schema.Literals(["active", "paused"]),
  /** When the source was paused. */
  pausedAt: Schema.NullOr(Page.Time),
  /** Who paused the source. */
  pausedBy: Schema.NullOr(Schema.String),
  /** Why the source is paused. Null if it is not, or without a reason. */
  reason: Schema.NullOr(Schema.String),
  /** Held webhooks, capped at `Stats.maxCounted`. */
  held: Schema.Int,
  /** The version of the current mapping. Null if unknown. */
  mappingVersion: Schema.NullOr(Schema.String),
  /** Counts of the last 24 hours. */
  counters: Schema.Struct(
    Struct.pick(Counts.fields, ["accepted", "duplicates", "mapped", "ignored", "unmappable"])
  ),
  /** The timeout of the sender, and the slowest response of the called relay since its start. */
  acknowledgement: Schema.Struct({ deadlineMs: Schema.Finite, slowestMs: Schema.NullOr(Schema.Finite) }),
  /** The secrets by their configured labels. More than one during a rotation. */
  secrets: Schema.Array(
    Schema.Struct({ label: Schema.NullOr(Schema.String), expiresAt: Schema.NullOr(Page.Time) })
  ),
  /** Deliveries in quarantine. */
  quarantined: Schema.Int,
  /** When the source last received a webhook, to the minute. */
  lastReceivedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "Source" })

/**
 * What the schema `Source` decodes to.
 *
 * @category models
 */
export interface Source extends Schema.Schema.Type<typeof Source> {}

/**
 * A delivery as the sender would make it, with invented data and a valid signature.
 *
 * @category schemas
 */
export const SignedSample = Schema.Struct({
  /** The URL to post to. */
  url: Schema.String,
  /** The headers, with the signature. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** The body, to send byte by byte. */
  body: Schema.String
}).annotate({ identifier: "SignedSample" })

/**
 * What the schema `SignedSample` decodes to.
 *
 * @category models
 */
export interface SignedSample extends Schema.Schema.Type<typeof SignedSample> {}

/** Shown in the audit log and in the list. */
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
  }).annotate(OpenApi.Summary, "Pause a source: it accepts webhooks and holds them until it is resumed"),
  HttpApiEndpoint.post("resume", "/sources/:name/resume", byName).annotate(
    OpenApi.Summary,
    "Resume a source: map its backlog and new webhooks"
  ),
  HttpApiEndpoint.post("sample", "/sources/:name/sample", {
    params: byName.params,
    payload: Schema.Struct({
      /** The address of the invented sign-up. */
      member: Selection.Text
    }),
    success: SignedSample,
    error: [NotFound, Conflict]
  }).annotate(
    OpenApi.Summary,
    "A signed sample delivery, to try a source. Nothing is sent. Refused for senders that transmit the secret itself"
  )
)
