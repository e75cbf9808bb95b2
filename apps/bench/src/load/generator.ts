/** The load generator: a process of its own, so that it shares no event loop with what it measures. */
import { Effect, Schema } from "effect"
import { Connection } from "./Connection.ts"
import { make, supply } from "./deliveries.ts"
import { type Job, Message, type Result } from "./Job.ts"
import * as loops from "./loops.ts"
import * as processorTime from "../processorTime.ts"

const deliveries = supply()

const load = (
  connections: ReadonlyArray<Connection>,
  { rate }: Job,
  requests: ReadonlyArray<Buffer>,
  seconds: number
) =>
  Effect.promise(() =>
    rate === null
      ? loops.closed(connections, requests, seconds)
      : loops.open(connections, requests, rate, seconds)
  )

const run = Effect.fnUntraced(function* (job: Job) {
  const { hostname, port } = new URL(job.url)
  const connections = Array.from({ length: job.connections }, () => new Connection(hostname, Number(port)))
  const take = (count: number) => deliveries.take(job, count)
  // All of them first: a pause after warming up would be time to catch up in.
  const warmUp = yield* take(Math.ceil((job.deliveries * job.warmUpSeconds) / job.seconds))
  const measured = yield* take(job.deliveries)
  if (warmUp.length > 0) yield* load(connections, job, warmUp, job.warmUpSeconds)
  const pids = job.processes ?? []
  const before = processorTime.read(pids)
  const { accepted, failed, seconds, latency } = yield* load(connections, job, measured, job.seconds)
  const after = processorTime.read(pids)
  for (const connection of connections) connection.close()
  const percentile = (share: number) => latency.percentile(share) / 1_000
  return {
    accepted,
    failed,
    seconds,
    perSecond: seconds > 0 ? accepted / seconds : 0,
    processor: pids.map((_, at) => {
      const [from, to] = [before[at], after[at]]
      return from === undefined || to === undefined ? null : to - from
    }),
    latency: {
      mean: accepted > 0 ? latency.mean / 1_000 : 0,
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p999: percentile(99.9),
      max: accepted > 0 ? latency.max / 1_000 : 0
    }
  } satisfies Result
})

const patience = 60_000

/** Sends one delivery again and again until it is accepted, which is when somebody is really there. */
const first = Effect.fnUntraced(function* (url: string) {
  const { hostname, port } = new URL(url)
  const request = yield* make({ bytes: 1_000, id: `first-${crypto.randomUUID()}`, live: "live-first" })
  const connection = new Connection(hostname, Number(port))
  const end = performance.now() + patience
  const attempt = Effect.callback<number>((resume) =>
    connection.send(request, (status) => resume(Effect.succeed(status)))
  )
  let status = 0
  while ((status < 200 || status > 299) && performance.now() < end) {
    status = yield* attempt
    if (status < 200 || status > 299) yield* Effect.sleep("2 millis")
  }
  connection.close()
  return status < 200 || status > 299
    ? { error: `${url} accepted nothing: its last answer was ${status}` }
    : { at: Date.now() }
})

const decode = Schema.decodeUnknownSync(Message)

process.on("message", (received) => {
  const message = decode(received)
  const answer: Effect.Effect<unknown, unknown> =
    message.kind === "first" ? first(message.url) : run(message.job)
  Effect.runPromise(answer).then(
    (answer) => process.send?.(answer),
    (error) => process.send?.({ error: String(error) })
  )
})
process.on("disconnect", () => process.exit())
