/**
 * An accepted delivery with its raw bytes, before it is mapped.
 */
import { Schema } from "effect"
import { Lane } from "./Invitation.ts"
import { Time } from "./Time.ts"

/**
 * The statuses of a webhook. `received`: stored, not mapped yet. `mapped`: its invitations exist. `ignored`: the source's
 * filter excludes it. `unmappable`: the mapping failed; correct it and replay the webhook.
 * `held`: its source is paused; `received` again once the source resumes. `purged` and `forgotten`: its body is deleted, its delivery id is kept. `corrupt`: the row could not be read and was set aside.
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
 * The statuses of a webhook whose mapping has ended, which a purge may empty.
 *
 * @category models
 */
export const FinishedStatus = Schema.Literals(["mapped", "ignored", "unmappable", "forgotten"])

/**
 * The statuses of a webhook whose body is still stored and can be read.
 *
 * @category models
 */
export const StatusWithBody = Schema.Literals(["received", "held", "mapped", "ignored", "unmappable"])

/**
 * The status of a webhook: `received` or `held` until it is mapped, then the result of the mapping, or that its body is deleted.
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
  /** `false` if the operator vouched for it instead of a signature. */
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
  /** The sender's id of the delivery, equal on every retry. Null if the sender gives none. */
  deliveryId: Schema.NullOr(Schema.String),
  /** The headers, without secrets and signatures. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** The body, as it was sent. */
  body: Schema.Uint8Array,
  /** W3C `traceparent` of the receiving span, so that what follows continues its trace. */
  traceparent: Schema.NullOr(Schema.String),
  /** The lane of its invitations. Default: `live`. */
  lane: Schema.optionalKey(Lane),
  /** When it was received. Default: now. */
  receivedAt: Schema.optionalKey(Time),
  /** The bytes that identify a retry: the decoded body without the fields that change between retries. Default: `body`. */
  content: Schema.optionalKey(Schema.Uint8Array),
  /** How long a delivery without an id is a retry of an earlier one with the same content. Default: 24 hours. */
  dedupeWindow: Schema.optionalKey(Schema.Duration),
  /** The version of the mapping that will map it. */
  mappingVersion: Schema.optionalKey(Schema.String),
  /** Present if an operator released it from quarantine. */
  release: Schema.optionalKey(Release)
})

/**
 * An accepted delivery, to be stored.
 *
 * @category models
 */
export interface NewWebhook extends Schema.Schema.Type<typeof NewWebhook> {
  /** The delivery ids of an earlier version. Called only while rows of that version may exist. */
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
  /** The stored headers, by names in lower case. */
  headers: NewWebhook.fields.headers,
  /** The body, as it was sent; empty once it is purged. */
  body: NewWebhook.fields.body,
  /** The trace of its receipt, as W3C `traceparent`; null without one. */
  traceparent: NewWebhook.fields.traceparent,
  /** When it was received. */
  receivedAt: Time,
  /** The name of the relay that accepted it; null if an earlier version of the relay stored it. */
  receivedBy: Schema.NullOr(Schema.String),
  /** The first webhook with this delivery id, if it has another body. Usually null. */
  firstWebhookId: Schema.NullOr(Schema.String),
  /** Null unless an operator released it from quarantine. */
  release: Schema.NullOr(Release),
  /** The lane of its invitations: `replay` once it is replayed. */
  lane: Lane,
  /** The status. */
  status: WebhookStatus,
  /** Why it was ignored or is unmappable, or which of its people could not be read. */
  reason: Schema.NullOr(Schema.String),
  /** The version of the mapping that mapped it; null before, and without a mapping. */
  mappingVersion: Schema.NullOr(Schema.String),
  /** When it was last mapped; null before, and if an earlier version of the relay mapped it. */
  mappedAt: Schema.NullOr(Time)
})

/**
 * A stored webhook.
 *
 * @category models
 */
export interface Webhook extends Schema.Schema.Type<typeof Webhook> {}

const mapped: ReadonlySet<WebhookStatus> = new Set(["mapped", "ignored", "unmappable", "purged"])

/**
 * When an operator had it mapped again; null if nobody did, or if that mapping has not ended yet. Only mapping again puts a
 * webhook into the lane `replay`.
 *
 * @category accessors
 */
export const mappedAgainAt = ({
  lane,
  mappedAt,
  status
}: Pick<Webhook, "lane" | "mappedAt" | "status">): Webhook["mappedAt"] =>
  lane === "replay" && mapped.has(status) ? mappedAt : null

/**
 * The people of a webhook: those of its invitations, to any Live. Its first 100 invitations are read.
 *
 * @category models
 */
export const NamedPeople = Schema.Struct({
  /** The address or member id of the person of the first invitation. Null if nobody is named, or if they were forgotten. */
  first: Schema.NullOr(Schema.String),
  /** The number of people, forgotten ones included. */
  count: Schema.Int,
  /** Whether the webhook has more than 100 invitations, so that there may be more people. */
  isMore: Schema.Boolean
}).annotate({ identifier: "NamedPeople" })

/**
 * The people of a webhook.
 *
 * @category models
 */
export interface NamedPeople extends Schema.Schema.Type<typeof NamedPeople> {}
