/** `GET /metrics`, for Prometheus. */
import { Duration, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { alsoHead } from "../Http.ts"
import { version } from "../version.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

const contentType = "text/plain; version=0.0.4; charset=utf-8"

/** Requests take at most this part of the process's time, one in so many, to write the page. */
const most = 20

/** Writes it again once so many times as long has passed as writing it took: many requests at once delay nobody. */
const page = Effect.sync(() => {
  let text = ""
  let next = 0
  return Effect.gen(function* () {
    if (performance.now() >= next) {
      const [took, written] = yield* Effect.timed(PrometheusMetrics.format())
      text = written
      next = performance.now() + most * Duration.toMillis(took)
    }
    return HttpServerResponse.text(text, { contentType })
  })
})

const Page = HttpRouter.use((router) =>
  Effect.flatMap(page, (page) => router.addAll(alsoHead("/metrics", page)))
)

export const layer = Layer.mergeAll(Page, ProcessMetrics.layer(version))
