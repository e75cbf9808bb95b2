/**
 * Jobs: replays, mappings and cancellations of a selection that the relay works off step by step, also after a restart.
 */
import { Schema } from "effect"
import { Time } from "./Time.ts"

/**
 * `replay`: send finished invitations again. `remap`: map webhooks again. `cancel`: cancel pending invitations.
 *
 * @category schemas
 */
export const JobKind = Schema.Literals(["replay", "remap", "cancel"])

/**
 * What a job does.
 *
 * @category models
 */
export type JobKind = typeof JobKind.Type

/**
 * `running` and `paused` jobs have steps left. `done`, `stopped` and `failed` ones have ended. A failed job can be resumed.
 *
 * @category schemas
 */
export const JobState = Schema.Literals(["running", "paused", "done", "stopped", "failed"])

/**
 * The state of a job.
 *
 * @category models
 */
export type JobState = typeof JobState.Type

/**
 * The selection of a job, without the person and the ids.
 *
 * @category schemas
 */
export const JobSelection = Schema.Struct({
  /** The number of ids. */
  ids: Schema.optionalKey(Schema.Int),
  /** True if the selection names a person. The job keeps only a keyed hash of the address. */
  person: Schema.optionalKey(Schema.Literal(true)),
  /** The other conditions by name: a text, a time, null, or true for `all`. */
  conditions: Schema.Record(
    Schema.String,
    Schema.NullOr(Schema.Union([Schema.String, Schema.Boolean, Schema.Array(Schema.String)]))
  )
}).annotate({ identifier: "JobSelection" })

/**
 * The selection of a job, without the person and the ids.
 *
 * @category models
 */
export interface JobSelection extends Schema.Schema.Type<typeof JobSelection> {}

/**
 * Work on a selection, with its progress.
 *
 * @category schemas
 */
export const Job = Schema.Struct({
  /** Its id, such as `job_01K…`. */
  id: Schema.String,
  /** What the job does. */
  kind: JobKind,
  /** The state of the job. */
  state: JobState,
  /** Why a job failed or was stopped. Null if there is no reason. */
  reason: Schema.NullOr(Schema.String),
  /** What the job works on. */
  selection: JobSelection,
  /** The number of items done. */
  done: Schema.Int,
  /** The number of items in the plan. Null if the job began without a plan. */
  total: Schema.NullOr(Schema.Int),
  /** Who began it. */
  by: Schema.String,
  /** When it began. */
  createdAt: Time,
  /** When it ended. Null before that. */
  endedAt: Schema.NullOr(Time)
}).annotate({ identifier: "Job" })

/**
 * Work on a selection, with its progress.
 *
 * @category models
 */
export interface Job extends Schema.Schema.Type<typeof Job> {}

/**
 * Whether a job has ended.
 *
 * @category guards
 */
export const isEnded = (state: JobState): boolean => state !== "running" && state !== "paused"
