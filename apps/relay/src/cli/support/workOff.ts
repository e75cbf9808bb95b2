/** Works on a selection: as a job of the relay that runs, or, directly on a database, in this process. */
import { Console, Effect, Schedule, type Stream } from "effect"
import type { Jobs, Progress } from "@usher/admin"
import type { Client } from "./access.ts"
import { failed, kindOf } from "./failure.ts"
import { bar, sayAbove, watch } from "./progressBar.ts"

/** For the help of commands. */
export const goesOn =
  "With --url, the relay works on it as a job, which goes on if the command ends: usher jobs list"

interface Work<E, E2> {
  /** The label of the progress bar. */
  readonly what: string
  readonly job: Jobs.Work & { readonly total: number }
  /** The same without a relay. */
  readonly here: Effect.Effect<Stream.Stream<Progress.Progress, E>, E2>
}

/** Returns the number of items done. */
export const workOff = Effect.fnUntraced(function* <E, E2>(client: Client, { what, job, here }: Work<E, E2>) {
  if (!client.hasRelay) return yield* watch(what, job.total, yield* here)
  const { id } = yield* client.jobs.begin({ payload: job })
  yield* Console.error(
    `The relay works on it as ${id}, also if this command ends. To stop it: usher jobs stop ${id}`
  )
  return yield* follow(client, what, id, job.total)
})

/** In seconds: how long the command waits for a relay that restarts. */
const maxAbsence = 300

/** Shows the progress until the job ends or is paused. */
const follow = Effect.fnUntraced(function* (client: Client, what: string, id: string, total: number) {
  const { update } = yield* bar(what, total)
  const job = yield* client.jobs.get({ params: { id } }).pipe(
    whileAway,
    Effect.tap(({ done }) => update(done)),
    Effect.repeat({ while: ({ state }) => state === "running", schedule: Schedule.spaced("300 millis") })
  )
  if (job.state === "done") return job.done
  const reason = job.reason === null ? "" : `: ${job.reason}`
  const next = job.state === "stopped" ? "" : ` To go on: usher jobs resume ${id}`
  return yield* failed(
    `The job ${id} is ${job.state} after ${job.done.toLocaleString("en")}${reason}.${next}`
  )
}, Effect.scoped)

/** Asks again while the relay does not answer, and says so once. */
const whileAway = <A, E, R>(ask: Effect.Effect<A, E, R>) =>
  Effect.catchIf(
    ask,
    (error) => kindOf(error) === "unavailable",
    () =>
      sayAbove(
        `The relay does not answer. The command asks again for ${maxAbsence / 60} minutes, and the job goes on when the relay is back.`
      ).pipe(
        Effect.andThen(
          Effect.retry(ask, {
            while: (error) => kindOf(error) === "unavailable",
            schedule: Schedule.spaced("1 second"),
            times: maxAbsence
          })
        )
      )
  )
