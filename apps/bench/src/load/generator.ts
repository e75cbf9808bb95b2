/** The load generator, a separate process, so that it shares no event loop with the programs that it measures. */
import { Effect, Schema } from "effect"
import { Connection } from "./Connection.ts"
import { make, supply } from "./deliveries.ts"
import { type Job, Message, type Result } from "./Job.ts"
import * as loops from "./loops.ts"
import * as processorTime from "../processorTime.ts"

const deliveries = supply()

const run = Effect.fnUntraced(function* (job: Job) {
  const { hostname, port } = new URL(job.url)
  const connections = Array.from({ length: job.connections }, () => new Connection(hostname, Number(port)))
  const take = (count: number) => deliveries.take(job, count)
  // Signs all of them first: a pause after the warm-up would let the contender catch up.
  const warmUp = yield* take(Math.ceil((job.deliveries * job.warmUpSeconds) / job.seconds))
  const measured = yield* take(job.deliveries)
  const load = (requests: ReadonlyArray<Buffer>, seconds: number) =>
    Effect.promise(() =>
      job.rate === null
        ? loops.closed(connections, requests, seconds)
        : loops.open(connections, requests, job.rate, seconds)
    )
  if (warmUp.length > 0) yield* load(warmUp, job.warmUpSeconds)
  const pids = job.processes ?? []
  const before = processorTime.read(pids)
  const { accepted, failed, seconds, latency } = yield* load(measured, job.seconds)
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

const timeout = 60_000

const isAccepted = (status: number) => status >= 200 && status < 300

/** Sends one delivery until it is accepted. */
const first = Effect.fnUntraced(function* (url: string) {
  const { hostname, port } = new URL(url)
  const request = yield* make(1_000, `first-${crypto.randomUUID()}`, "live-first")
  const connection = new Connection(hostname, Number(port))
  const end = performance.now() + timeout
  const attempt = Effect.callback<number>((resume) =>
    connection.send(request, (status) => resume(Effect.succeed(status)))
  )
  let status = 0
  while (!isAccepted(status) && performance.now() < end) {
    status = yield* attempt
    if (!isAccepted(status)) yield* Effect.sleep("2 millis")
  }
  connection.close()
  return isAccepted(status)
    ? { at: Date.now() }
    : { error: `${url} accepted nothing: its last answer was ${status}` }
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
