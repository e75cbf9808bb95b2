/** `GET /metrics`, for Prometheus: the metrics of the relay and of its process. */
import { Layer } from "effect"
import { MetricsPage } from "@usher/engine"
import { version } from "../version.ts"
import * as ProcessMetrics from "./ProcessMetrics.ts"

export const layer = Layer.mergeAll(MetricsPage.layer, ProcessMetrics.layer(version))
