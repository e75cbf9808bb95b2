/** How quickly a relay answers others while something happens to it, and how much memory it takes. */
import { Effect } from "effect"
import { readFile } from "node:fs/promises"
import { Worker } from "node:worker_threads"

export interface Sample {
  readonly what: "healthz" | "webhook"
  /** 0 without an answer. */
  readonly status: number
  /** From the request to the end of its answer. */
  readonly ms: number
  /** How long the relay's main thread worked meanwhile. Other processes on the machine do not change it. */
  readonly worked: number
}

export interface Setup {
  readonly url: string
  readonly pid: number | undefined
  /** Of the source `svix`. */
  readonly secret: string
  /** The address of its client, as a proxy tells it. */
  readonly from: string
}

/** Starts a probe. `samples` gives those since the last time. */
export const probe = Effect.fnUntraced(function* (setup: Setup) {
  const worker = yield* Effect.acquireRelease(
    Effect.sync(
      () => new Worker(new URL("./probe.ts", import.meta.url), { workerData: setup, execArgv: [] })
    ),
    (worker) => Effect.promise(() => worker.terminate())
  )
  const samples = Effect.callback<ReadonlyArray<Sample>>((resume) => {
    worker.once("message", (samples: ReadonlyArray<Sample>) => resume(Effect.succeed(samples)))
    worker.postMessage("samples")
  })
  return { samples }
})

const timesOf = (samples: ReadonlyArray<Sample>, what: Sample["what"]) =>
  samples.filter((sample) => sample.what === what).map(({ ms }) => ms)

export const median = (samples: ReadonlyArray<Sample>, what: Sample["what"]): number => {
  const sorted = timesOf(samples, what).toSorted((one, other) => one - other)
  return sorted[Math.trunc(sorted.length / 2)] ?? Number.NaN
}

export const slowest = (
  samples: ReadonlyArray<Sample>,
  what: Sample["what"],
  time: "ms" | "worked" = "ms"
): number => Math.max(...samples.filter((sample) => sample.what === what).map((sample) => sample[time]))

/** The statuses of the answers, each once. */
export const statuses = (samples: ReadonlyArray<Sample>, what: Sample["what"]): ReadonlyArray<number> => [
  ...new Set(samples.filter((sample) => sample.what === what).map(({ status }) => status))
]

/** What a process has in memory, in MiB: now, and at most since it started. Linux tells. */
export const memoryOf = (pid: number | undefined) =>
  Effect.map(
    Effect.promise(() => readFile(`/proc/${pid}/status`, "utf8")),
    (status) => {
      const of = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024
      return { now: of("VmRSS"), peak: of("VmHWM") }
    }
  )
