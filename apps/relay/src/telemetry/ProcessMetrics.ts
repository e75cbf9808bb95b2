/**
 * Metrics of the process, under the names of the official Prometheus clients, so that common dashboards work. They are read
 * at each scrape.
 */
import { Effect, Function, Layer, Metric } from "effect"
import { type Histogram, monitorEventLoopDelay } from "node:perf_hooks"

const seconds = { unit: "s" }
const bytes = { unit: "By" }

const gauge = (name: string, description: string, attributes: Readonly<Record<string, string>>) =>
  Metric.gauge(name, { description, attributes })

const memory: ReadonlyArray<readonly [Metric.Gauge<number>, (usage: NodeJS.MemoryUsage) => number]> = [
  [gauge("process_resident_memory_bytes", "Resident memory", bytes), ({ rss }) => rss],
  [gauge("nodejs_heap_size_total_bytes", "The JavaScript heap", bytes), ({ heapTotal }) => heapTotal],
  [gauge("nodejs_heap_size_used_bytes", "The used JavaScript heap", bytes), ({ heapUsed }) => heapUsed],
  [gauge("nodejs_external_memory_bytes", "Memory outside the heap", bytes), ({ external }) => external]
]

const startTime = gauge("process_start_time_seconds", "When the process started, since 1970", seconds)

const cpu = Metric.counter("process_cpu_seconds_total", {
  description: "CPU time, user and system",
  incremental: true,
  attributes: seconds
})

const lag = {
  mean: gauge("nodejs_eventloop_lag_mean_seconds", "Mean event loop lag of the last 10 seconds", seconds),
  p99: gauge("nodejs_eventloop_lag_p99_seconds", "p99 event loop lag of the last 10 seconds", seconds),
  max: gauge("nodejs_eventloop_lag_max_seconds", "Max event loop lag of the last 10 seconds", seconds)
}

const build = Metric.gauge("usher_build_info", { description: "Always 1, with the versions as labels" })

/** Registers the metrics until the layer closes. */
export const layer = (version: string) =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const context = yield* Effect.context<never>()
      const register = <State>(metric: Metric.Metric<never, State>, get: () => State) =>
        Effect.acquireRelease(
          Effect.sync(() =>
            Metric.registerUnsafe(metric, context, {
              get,
              update: Function.constVoid,
              modify: Function.constVoid
            })
          ),
          (registration) => Effect.sync(() => registration.remove())
        )
      const read = (metric: Metric.Gauge<number>, value: () => number) =>
        register(metric, () => ({ value: value() }))

      for (const [metric, of] of memory) yield* read(metric, () => of(process.memoryUsage()))
      yield* read(startTime, () => performance.timeOrigin / 1_000)
      yield* register(cpu, () => {
        const { user, system } = process.cpuUsage()
        return { count: (user + system) / 1e6, incremental: true }
      })
      yield* read(Metric.withAttributes(build, { version, node: process.versions.node }), () => 1)

      let last = { mean: 0, p99: 0, max: 0 }
      const histogram = yield* Effect.acquireRelease(
        Effect.sync(() => {
          const histogram = monitorEventLoopDelay({ resolution: 10 })
          histogram.enable()
          return histogram
        }),
        (histogram) => Effect.sync(() => histogram.disable())
      )
      for (const name of ["mean", "p99", "max"] as const) yield* read(lag[name], () => last[name])
      const look = Effect.sync(() => {
        last = lagOf(histogram)
        histogram.reset()
      })
      yield* look.pipe(Effect.delay("10 seconds"), Effect.forever, Effect.forkScoped)
    })
  )

/** The lag without the resolution of the timer. */
const lagOf = (histogram: Histogram) => {
  const secondsOf = (nanos: number) => (Number.isFinite(nanos) ? Math.max(0, nanos / 1e9 - 0.01) : 0)
  return {
    mean: secondsOf(histogram.mean),
    p99: secondsOf(histogram.percentile(99)),
    max: secondsOf(histogram.max)
  }
}
