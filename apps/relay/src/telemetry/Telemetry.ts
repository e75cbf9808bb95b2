/** Exports traces, metrics and logs by OTLP, as configured in the environment. */
import { Effect, Layer } from "effect"
import { HttpClient, HttpClientError } from "effect/http"
import { OtlpLogger, OtlpMetrics, OtlpSerialization, OtlpTracer } from "effect/observability"
import { Troubles } from "@usher/engine"
import type { Proxies } from "../outbound/Proxies.ts"
import * as Routes from "../outbound/Routes.ts"
import * as Otel from "./Otel.ts"
import * as Sampler from "./Sampler.ts"

/** The maximum delay of a stop by the last export, in milliseconds. */
const shutdownTimeout = 1_000

/** Provide this layer last, so that it opens first and exports the telemetry of all others until their end. */
export const layer = (version: string, proxies: Proxies) =>
  Layer.unwrap(
    Effect.map(Otel.read, ({ traces, metrics, logs, serviceName, attributes }) => {
      const resource = { serviceName, serviceVersion: attributes["service.version"] ?? version, attributes }
      const common = (target: Otel.Target) => ({
        url: target.url,
        headers: target.headers,
        compression: target.compression,
        exportInterval: target.interval,
        resource,
        shutdownTimeout
      })
      return Layer.mergeAll(
        traces === undefined
          ? Layer.empty
          : Sampler.layer(traces.ratio).pipe(
              Layer.provide(OtlpTracer.layer({ ...common(traces), maxBatchSize: traces.batch })),
              Layer.provide(transport("traces", traces, proxies))
            ),
        metrics === undefined
          ? Layer.empty
          : OtlpMetrics.layer({ ...common(metrics), temporality: metrics.temporality }).pipe(
              Layer.provide(transport("metrics", metrics, proxies))
            ),
        logs === undefined
          ? Layer.empty
          : OtlpLogger.layer({ ...common(logs), maxBatchSize: logs.batch }).pipe(
              Layer.provide(transport("logs", logs, proxies))
            )
      )
    })
  )

/** Warns once a minute about failed exports, which the exporter does not log. */
const transport = (signal: string, { protocol, timeout, url }: Otel.Target, proxies: Proxies) =>
  Layer.mergeAll(
    protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf,
    Layer.effect(
      HttpClient.HttpClient,
      Effect.gen(function* () {
        const troubles = yield* Troubles.Troubles
        const what = `exporting ${signal}`
        const complain = (reason: string) =>
          troubles.failed({
            what,
            message: `${signal} are not exported: the collector ${reason}`,
            over: `${signal} are exported again`,
            level: "Warn",
            annotations: { collector: withoutQuery(url) }
          })
        return HttpClient.transform(yield* HttpClient.HttpClient, (response, request) =>
          response.pipe(
            Effect.timeoutOrElse({
              duration: timeout,
              orElse: () =>
                Effect.fail(
                  new HttpClientError.HttpClientError({
                    reason: new HttpClientError.TransportError({ request, description: "timed out" })
                  })
                )
            }),
            Effect.tap(({ status }) =>
              status < 300 ? troubles.worked(what) : complain(`answers ${status}`)
            ),
            Effect.tapError(() => complain("can't be reached or timed out"))
          )
        )
      })
    )
  ).pipe(Layer.provide(Routes.layerProxies(proxies)))

/** The URL without its query and credentials, which may have a key. */
const withoutQuery = (url: string) => {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
