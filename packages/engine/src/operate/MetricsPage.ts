/** `GET /metrics`: all metrics of the process as Prometheus text, those of the relay (`usher_…`) and of the program. */
import { Duration, Effect, type Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { monotonic } from "../runtime/monotonic.ts"
import { alsoHead } from "./alsoHead.ts"

const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** The share of the process's time to spend on the page: at most one part in 20. */
const maxShare = 20

/** Reuses a page for a multiple of the time it took to write, so that concurrent scrapes do not delay webhooks. */
const page = Effect.sync(() => {
  let text = ""
  let next = -Infinity
  return Effect.gen(function* () {
    if ((yield* monotonic) >= next) {
      const [took, written] = yield* Effect.timed(PrometheusMetrics.format())
      text = written
      next = (yield* monotonic) + maxShare * Duration.toMillis(took)
    }
    return HttpServerResponse.text(text, { contentType })
  })
})

/**
 * Adds the route. No metric has a label with an address, a member id or a Live.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.use((router) =>
  Effect.flatMap(page, (page) => router.addAll(alsoHead("/metrics", page)))
)
