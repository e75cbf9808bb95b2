/**
 * Jobs: replays, mappings and cancellations that the relay works off step by step. A job goes on after the request that began
 * it, and after a restart of the relay.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Job as Stored } from "@usher/model/Job"
import * as Invitations from "./Invitations.ts"
import * as Page from "./Page.ts"
import { Invalid, NotFound } from "./Problem.ts"
import * as Webhooks from "./Webhooks.ts"

/**
 * Work on a selection, with its progress.
 *
 * @category schemas
 */
export const Job = Stored

/**
 * What the schema `Job` decodes to.
 *
 * @category models
 */
export interface Job extends Schema.Schema.Type<typeof Job> {}

/** The number of items of the plan, for the progress. */
const total = Schema.optionalKey(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))

/**
 * What a new job does: send finished invitations again, cancel pending ones, or map webhooks again. Without statuses, with the
 * defaults of the plan.
 *
 * @category schemas
 */
export const Work = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["replay", "cancel"]), selection: Invitations.Planned, total }),
  Schema.Struct({ kind: Schema.Literal("remap"), selection: Webhooks.Planned, total })
]).annotate({ identifier: "JobWork" })

/**
 * What the schema `Work` decodes to.
 *
 * @category models
 */
export type Work = typeof Work.Type

const byId = { params: { id: Schema.String }, success: Job, error: NotFound } as const

/**
 * The endpoints of jobs.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("jobs").add(
  HttpApiEndpoint.post("begin", "/jobs", { payload: Work, success: Job, error: Invalid }).annotate(
    OpenApi.Summary,
    "Begin a job. A running relay does its work"
  ),
  HttpApiEndpoint.get("list", "/jobs", {
    query: Page.options(Page.idCursor("job")),
    success: Page.of(Job)
  }).annotate(OpenApi.Summary, "List the jobs, newest first. Ended jobs are deleted after 30 days"),
  HttpApiEndpoint.get("get", "/jobs/:id", byId).annotate(OpenApi.Summary, "One job with its progress"),
  HttpApiEndpoint.post("pause", "/jobs/:id/pause", byId).annotate(
    OpenApi.Summary,
    "Pause a running job. Returns the job as it is then"
  ),
  HttpApiEndpoint.post("resume", "/jobs/:id/resume", byId).annotate(
    OpenApi.Summary,
    "Resume a paused or failed job where it stopped. Returns the job as it is then"
  ),
  HttpApiEndpoint.post("stop", "/jobs/:id/stop", byId).annotate(
    OpenApi.Summary,
    "Stop a job for good. Items that are done stay done. Returns the job as it is then"
  )
)
