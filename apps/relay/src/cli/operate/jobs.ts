/** `usher jobs`: list the replays, mappings and cancellations of the relay, show one, pause, resume and stop it. */
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import type { Jobs } from "@usher/admin"
import { act, query, type Client } from "../support/access.ts"
import { Failed } from "../support/failure.ts"
import { pageFlags, present } from "../support/filters.ts"
import { either, listing, page, time } from "../support/print.ts"

const id = Argument.String("id").pipe(Argument.withDescription("The id of the job, such as job_01K…"))

const words: Readonly<Record<Jobs.Job["kind"], string>> = {
  replay: "replay invitations",
  remap: "map webhooks again",
  cancel: "cancel invitations"
}

/** The selection as it would be given to a command. */
const selectionText = ({ selection: { conditions, ids, person } }: Jobs.Job): string =>
  [
    ...(ids === undefined ? [] : [`${ids.toLocaleString("en")} ids`]),
    ...(person === undefined ? [] : ["one person"]),
    ...Object.entries(conditions).map(([name, value]) =>
      value === true ? name : `${name} ${value ?? "none"}`
    )
  ].join(", ")

const rowOf = (job: Jobs.Job) => ({
  Job: job.id,
  Work: words[job.kind],
  State: job.reason === null ? job.state : `${job.state}: ${job.reason}`,
  Done: job.done.toLocaleString("en"),
  Total: job.total === null ? "-" : job.total.toLocaleString("en"),
  Selection: selectionText(job),
  "Begun by": job.by,
  Begun: time(job.createdAt),
  Ended: time(job.endedAt)
})

const text = (job: Jobs.Job) => listing([rowOf(job)], "")

const list = query(
  "list",
  pageFlags,
  (client, flags) => client.jobs.list({ query: present(flags) }),
  (found) => page(found, rowOf, "No jobs.")
).pipe(
  Command.withDescription("List the jobs, newest first. The relay deletes ended jobs after 30 days"),
  Command.withShortDescription("List the jobs with their progress"),
  Command.withExamples([
    { command: "usher jobs list", description: "What runs, what is paused, and how far each job is" }
  ])
)

const show = query("show", { id }, (client, params) => client.jobs.get({ params }), text).pipe(
  Command.withDescription("Show one job with its progress"),
  Command.withExamples([{ command: "usher jobs show job_01K… --json", description: "For a script" }])
)

type Act = "pause" | "resume" | "stop"

type State = Jobs.Job["state"]

/** The states of a job that an act changes, and the one that it leads to. */
const acts: Readonly<Record<Act, { readonly from: ReadonlyArray<State>; readonly to: State }>> = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused", "failed"], to: "running" },
  stop: { from: ["running", "paused", "failed"], to: "stopped" }
}

const changed = Effect.fnUntraced(function* (client: Client, name: Act, params: { readonly id: string }) {
  const { state } = yield* client.jobs.get({ params })
  const { from, to } = acts[name]
  if (state === to || from.includes(state)) return yield* client.jobs[name]({ params })
  return yield* new Failed({
    kind: "refused",
    message: `Nothing was done: ${params.id} is ${state}. To ${name} a job, it has to be ${either(from)}.`
  })
})

const change = <const Name extends Act>(name: Name) =>
  act(name, { id }, (client, params) => changed(client, name, params), text)

const pause = change("pause").pipe(
  Command.withDescription("Pause a running job. It keeps what it has done, and usher jobs resume goes on"),
  Command.withShortDescription("Pause a running job"),
  Command.withExamples([{ command: "usher jobs pause job_01K…", description: "Until usher jobs resume" }])
)

const resume = change("resume").pipe(
  Command.withDescription("Resume a paused or failed job where it stopped"),
  Command.withExamples([{ command: "usher jobs resume job_01K…", description: "Go on after a pause" }])
)

const stop = change("stop").pipe(
  Command.withDescription("Stop a job for good. What it has done stays done"),
  Command.withExamples([{ command: "usher jobs stop job_01K…", description: "Leave the rest as it is" }])
)

export const jobs = Command.make("jobs").pipe(
  Command.withDescription(
    "List, pause, resume and stop jobs: replays, mappings and cancellations that the relay works off, also after a restart"
  ),
  Command.withShortDescription("List, pause, resume and stop replays and other jobs"),
  Command.withSubcommands([list, show, pause, resume, stop])
)
