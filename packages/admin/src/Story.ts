/**
 * What happened, in the order of time: of one invitation, or of one person.
 */
import { Schema } from "effect"
import * as Page from "./Page.ts"

/**
 * The kinds of entries, in the order of entries with the same time. `refused`: the relay refused a delivery, which is in
 * quarantine. `received`: the relay accepted a webhook. `released`:
 * an operator released it from quarantine. `remapped`: the relay mapped it again. `ignored`: the source's filter excluded it. `unmappable`: its mapping failed.
 * `requested`: a webhook created or requested the invitation. `duplicate`: the sender sent it again. `waiting`: the invitation
 * waits for a reason. `attempt`: the relay called the upstream. `settled`: the invitation finished. `forgotten`: the person
 * was forgotten.
 *
 * @category schemas
 */
export const StoryKind = Schema.Literals([
  "refused",
  "received",
  "released",
  "remapped",
  "ignored",
  "unmappable",
  "requested",
  "duplicate",
  "waiting",
  "attempt",
  "settled",
  "forgotten"
])

/**
 * What the schema `StoryKind` decodes to.
 *
 * @category models
 */
export type StoryKind = typeof StoryKind.Type

/**
 * One entry of a story, with the fields that apply.
 *
 * @category schemas
 */
export const StoryEntry = Schema.Struct({
  /** When it happened. */
  at: Page.Time,
  /** The kind of the entry. */
  kind: StoryKind,
  /** A sentence for people. Names a Live by its title and id, and the person not at all. */
  text: Schema.String,
  /** The source of the webhook. */
  source: Schema.optionalKey(Schema.String),
  /** The Spot's name. */
  spot: Schema.optionalKey(Schema.String),
  /** The Live's id. */
  liveId: Schema.optionalKey(Schema.String),
  /** The id of the webhook. */
  webhookId: Schema.optionalKey(Schema.String),
  /** The id of the delivery in quarantine. */
  quarantinedId: Schema.optionalKey(Schema.String),
  /** The id of the invitation. */
  invitationId: Schema.optionalKey(Schema.String),
  /** The id of the attempt. */
  attemptId: Schema.optionalKey(Schema.String),
  /** The new status of the webhook or the invitation. */
  status: Schema.optionalKey(Schema.String),
  /** For `released`, and `settled` by a cancellation: the name of the operator. */
  by: Schema.optionalKey(Schema.String),
  /** For `released`: whether the signature was verified. False if the operator released it unverified. */
  verified: Schema.optionalKey(Schema.Boolean),
  /** For `waiting`: until when. */
  until: Schema.optionalKey(Page.Time),
  /** The trace id. */
  traceId: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "StoryEntry" })

/**
 * What the schema `StoryEntry` decodes to.
 *
 * @category models
 */
export interface StoryEntry extends Schema.Schema.Type<typeof StoryEntry> {}
