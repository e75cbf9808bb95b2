/**
 * What happened, in the order of time: of one invitation, or of one person.
 */
import { Schema } from "effect"
import * as Page from "./Page.ts"

/**
 * `received`: a webhook came. `released`: it had been refused, and an operator released it from quarantine. `duplicate`: its sender sent it again, and it was not taken twice. `ignored`: the source's
 * filter said no. `unmappable`: no invitation could be made of it. `asked`: the invitation was made, or another webhook
 * asked for the one that was there. `waiting`: it is not sent before a time, for a reason. `attempt`: the upstream was
 * called. `settled`: it ended. `forgotten`: the person was forgotten. Of one moment, in this order.
 *
 * @category schemas
 */
export const StoryKind = Schema.Literals([
  "received",
  "released",
  "duplicate",
  "ignored",
  "unmappable",
  "asked",
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
 * One thing that happened; the fields that apply are there.
 *
 * @category schemas
 */
export const StoryEntry = Schema.Struct({
  /** When it happened. */
  at: Page.Time,
  /** What kind of thing happened. */
  kind: StoryKind,
  /** What happened, in a sentence for people, without an address. */
  text: Schema.String,
  /** The source of the webhook. */
  source: Schema.optionalKey(Schema.String),
  /** The Spot's name. */
  spot: Schema.optionalKey(Schema.String),
  /** The Live's id. */
  liveId: Schema.optionalKey(Schema.String),
  /** The id of the webhook. */
  webhookId: Schema.optionalKey(Schema.String),
  /** The id of the invitation. */
  invitationId: Schema.optionalKey(Schema.String),
  /** The id of the attempt. */
  attemptId: Schema.optionalKey(Schema.String),
  /** Where the webhook or the invitation stood from then on. */
  status: Schema.optionalKey(Schema.String),
  /** Of `released`: the operator's name. */
  by: Schema.optionalKey(Schema.String),
  /** Of `released`: whether a signature proved the sender. False where the operator answered for it. */
  verified: Schema.optionalKey(Schema.Boolean),
  /** Of `waiting`: until when. */
  until: Schema.optionalKey(Page.Time),
  /** The id of the trace that it happened in. */
  traceId: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "StoryEntry" })

/**
 * What the schema `StoryEntry` decodes to.
 *
 * @category models
 */
export interface StoryEntry extends Schema.Schema.Type<typeof StoryEntry> {}
