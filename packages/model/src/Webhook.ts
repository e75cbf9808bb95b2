/**
 * One accepted request, its raw bytes kept: what a sender said, before anybody read meaning into it.
 */
import { Schema } from "effect"
import { Lane } from "./Invitation.ts"
import { Time } from "./Time.ts"

/**
 * Where a webhook stands. `received`: stored, not mapped yet. `mapped`: its invitations exist. `ignored`: the source's
 * filter said no. `unmappable`: the mapping could not make an invitation of it; mend the mapping and replay it.
 * `held`: its source is paused; `received` again once the source resumes. `purged` and `forgotten`: its body is gone, its delivery id is still known. `corrupt`: the row could not be read and was
 * set aside.
 *
 * @category models
 */
export const WebhookStatus = Schema.Literals([
  "received",
  "held",
  "mapped",
  "ignored",
  "unmappable",
  "purged",
  "forgotten",
  "corrupt"
])

/**
 * The status of a webhook: `received` or `held` until it is mapped, then what the mapping made of it, or that it was emptied.
 *
 * @category models
 */
export type WebhookStatus = typeof WebhookStatus.Type

/**
 * How a delivery left the quarantine.
 *
 * @category models
 */
export const Release = Schema.Struct({
  /** When it was released. */
  at: Time,
  /** The operator's token, or `cli`. */
  by: Schema.String,
  /** False where the operator answered for it in place of a signature. */
  verified: Schema.Boolean
})

/**
 * How a delivery left the quarantine.
 *
 * @category models
 */
export interface Release extends Schema.Schema.Type<typeof Release> {}

/**
 * A verified delivery, about to be stored.
 *
 * @category models
 */
export const NewWebhook = Schema.Struct({
  /** The name of the source. */
  source: Schema.String,
  /** The kind of system that sent it, such as `typeform`. */
  sender: Schema.String,
  /** The sender's own id of the delivery, the same on every retry. Null where the sender gives none. */
  deliveryId: Schema.NullOr(Schema.String),
  /** Without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** The body, as it was sent. */
  body: Schema.Uint8Array,
  /** W3C `traceparent` of the receiving span, so that what follows continues its trace. */
  traceparent: Schema.NullOr(Schema.String),
  /** Of the invitations that it asks for. Default `live`. */
  lane: Schema.optionalKey(Lane),
  /** When it came. Default: now. */
  receivedAt: Schema.optionalKey(Time),
  /** The bytes that identity compares: the decoded body without what changes between retries. Default: `body`. */
  content: Schema.optionalKey(Schema.Uint8Array),
  /** How long a delivery without an id is a retry of an earlier one with the same content. Default: 24 hours. */
  dedupeWindow: Schema.optionalKey(Schema.Duration),
  /** The version of the mapping that it is going to be mapped with. */
  mappingVersion: Schema.optionalKey(Schema.String),
  /** Present where an operator released it from quarantine. */
  release: Schema.optionalKey(Release)
})

/**
 * An accepted delivery, to be stored.
 *
 * @category models
 */
export interface NewWebhook extends Schema.Schema.Type<typeof NewWebhook> {
  /** The delivery ids that an earlier version would have given it. Called only while rows of that version are young enough. */
  readonly formerIds?: () => ReadonlyArray<string>
}

/**
 * A stored webhook.
 *
 * @category models
 */
export const Webhook = Schema.Struct({
  /** The id, which begins with `wh_`. */
  id: Schema.String,
  /** The name of the source. */
  source: NewWebhook.fields.source,
  /** The kind of sender. */
  sender: NewWebhook.fields.sender,
  /** The sender's id of the delivery; null without one. */
  deliveryId: NewWebhook.fields.deliveryId,
  /** The headers that are kept, by names in lower case. */
  headers: NewWebhook.fields.headers,
  /** The body, as it was sent; empty once it is purged. */
  body: NewWebhook.fields.body,
  /** The trace that it was received in, as W3C `traceparent`; null without one. */
  traceparent: NewWebhook.fields.traceparent,
  /** When it was received. */
  receivedAt: Time,
  /** The name of the relay that accepted it; null if an earlier version of the relay stored it. */
  receivedBy: Schema.NullOr(Schema.String),
  /** The first webhook with this delivery id, where that one has another body. Null for most. */
  firstWebhookId: Schema.NullOr(Schema.String),
  /** Null unless an operator released it from quarantine. */
  release: Schema.NullOr(Release),
  /** Of the invitations that it asks for: `replay` once it is replayed. */
  lane: Lane,
  /** What has become of it. */
  status: WebhookStatus,
  /** Why it was ignored, why it is unmappable, or which of its people could not be read. */
  reason: Schema.NullOr(Schema.String),
  /** Of the mapping that it was mapped with; null before, and where there was none. */
  mappingVersion: Schema.NullOr(Schema.String)
})

/**
 * A webhook as it is stored.
 *
 * @category models
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}
