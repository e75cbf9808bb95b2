import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import type { Job } from "@usher/model/Job"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import { Jobs } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
import type { Work } from "../../../Jobs.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import * as times from "../../../Times.ts"
import { reportJobs } from "../jobResults.ts"
import { unavailable } from "../problems.ts"

/** The acts of the audit log, as the requests that stream their progress name them. */
const acts = {
  replay: "replays.invitations",
  remap: "replays.webhooks",
  cancel: "cancellations.invitations"
} as const

export const jobs = HttpApiBuilder.group(
  Api.AdminApi,
  "jobs",
  Effect.fnUntraced(function* (handlers) {
    const jobs = yield* Jobs.Jobs
    const audit = yield* AuditLog
    const report = yield* reportJobs

    const begin = Effect.fnUntraced(function* (work: Work) {
      yield* times.ofSelection(work.selection)
      const { name: by } = yield* Access.Caller
      const act = yield* audit.start(acts[work.kind], work.selection)
      return yield* jobs
        .begin(work, { by, act, total: work.total })
        .pipe(Effect.tapError(({ message }) => audit.finish(act, `failed: ${message}`)))
    }, unavailable)

    const found = (id: string, job: Job | undefined) =>
      job === undefined
        ? Effect.fail(new Problem.NotFound({ detail: `There is no job ${id}.` }))
        : Effect.succeed(job)

    const one = (id: string) => Effect.flatMap(jobs.get(id), (job) => found(id, job))

    /** A job without an act that waits for its result reports it as the result of this one. */
    const resume = Effect.fnUntraced(function* (id: string) {
      yield* one(id)
      const act = yield* audit.start("jobs.resume", { id })
      const { isActWaiting, job } = yield* jobs
        .resume(id, act)
        .pipe(Effect.tapError(({ message }) => audit.finish(act, `failed: ${message}`)))
      if (!isActWaiting) yield* audit.finish(act, "done")
      return yield* found(id, job)
    }, unavailable)

    const change = (act: "pause" | "stop", id: string) =>
      one(id).pipe(
        Effect.andThen(audit.around(`jobs.${act}`, { id })(jobs[act](id))),
        Effect.flatMap((job) => found(id, job)),
        Effect.tap(() => report),
        unavailable
      )

    return handlers
      .handle("begin", ({ payload }) => begin(payload))
      .handle("list", ({ query: { limit = Page.defaultLimit, after } }) =>
        unavailable(jobs.list({ limit, after }))
      )
      .handle("get", ({ params: { id } }) => unavailable(one(id)))
      .handle("pause", ({ params: { id } }) => change("pause", id))
      .handle("resume", ({ params: { id } }) => resume(id))
      .handle("stop", ({ params: { id } }) => change("stop", id))
  })
)
