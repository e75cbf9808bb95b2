/** `GET /metrics`, for Prometheus. */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { alsoHead } from "../Http.ts"
import { version } from "../version.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

const contentType = "text/plain; version=0.0.4; charset=utf-8"

const page = Effect.map(PrometheusMetrics.format(), (text) => HttpServerResponse.text(text, { contentType }))

const Page = HttpRouter.use((router) => router.addAll(alsoHead("/metrics", page)))

export const layer = Layer.mergeAll(Page, ProcessMetrics.layer(version))
