/** `GET /metrics`, for Prometheus. */
import { Layer } from "effect"
import { PrometheusMetrics } from "effect/observability"
import { version } from "../version.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

export const layer = Layer.mergeAll(PrometheusMetrics.layerHttp(), ProcessMetrics.layer(version))
