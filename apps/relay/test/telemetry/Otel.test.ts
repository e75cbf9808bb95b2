import { describe, expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import * as Otel from "../../src/telemetry/Otel.ts"

const read = (env: Readonly<Record<string, string>>) =>
  Effect.provideService(Otel.read, ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env: { ...env } }))

const problems = (env: Readonly<Record<string, string>>) =>
  Effect.map(Effect.flip(read(env)), (error) => error.problems)

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" }

describe("telemetry by the environment", () => {
  it.effect("goes nowhere without an endpoint", () =>
    Effect.gen(function* () {
      expect(yield* read({ OTEL_SERVICE_NAME: "usher" })).toMatchObject({
        traces: undefined,
        metrics: undefined,
        logs: undefined
      })
    })
  )

  it.effect("goes to the paths of the common endpoint, few of the traces", () =>
    Effect.gen(function* () {
      const { traces, metrics, logs } = yield* read({ ...endpoint, OTEL_LOGS_EXPORTER: "otlp" })
      expect([traces?.url, metrics?.url, logs?.url]).toEqual([
        "http://collector:4318/v1/traces",
        "http://collector:4318/v1/metrics",
        "http://collector:4318/v1/logs"
      ])
      expect(traces).toMatchObject({ ratio: Otel.usualRatio, protocol: "http/protobuf", compression: "none" })
    })
  )

  it.effect("has the defaults of the handbook", () =>
    Effect.gen(function* () {
      const common = { protocol: "http/protobuf", compression: "none", timeout: 10_000 }
      expect(yield* read({ ...endpoint, OTEL_LOGS_EXPORTER: "otlp" })).toMatchObject({
        serviceName: "usher",
        traces: { ...common, interval: 5_000, batch: 512, ratio: 0.05 },
        metrics: { ...common, interval: 60_000, temporality: "cumulative" },
        logs: { ...common, interval: 1_000, batch: 512 }
      })
      expect(yield* read(endpoint)).toMatchObject({ logs: undefined })
    })
  )

  it.effect("goes to the URL of one kind exactly as it stands, with what is said for that kind", () =>
    Effect.gen(function* () {
      const { traces, metrics, logs } = yield* read({
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://vendor.example.com/ingest?key=1",
        OTEL_EXPORTER_OTLP_HEADERS: "x-key=common",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-key=of%20traces, x-team = a ",
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
        OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
        OTEL_BSP_SCHEDULE_DELAY: "100",
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "10"
      })
      expect(traces).toMatchObject({
        url: "https://vendor.example.com/ingest?key=1",
        headers: { "x-key": "of traces", "x-team": "a" },
        protocol: "http/json",
        compression: "gzip",
        timeout: 2_000,
        interval: 100,
        batch: 10
      })
      expect([metrics, logs]).toEqual([undefined, undefined])
    })
  )

  it.effect.each([
    ["always_on", undefined, 1],
    ["always_off", "0.5", 0],
    ["traceidratio", "0.5", 0.5],
    ["parentbased_traceidratio", "0.25", 0.25],
    ["parentbased_always_on", undefined, 1],
    ["", "0.75", 0.75]
  ] as const)("keeps as many traces as the sampler %s with %s says", ([sampler, argument = "", ratio]) =>
    Effect.gen(function* () {
      const { traces } = yield* read({
        ...endpoint,
        OTEL_TRACES_SAMPLER: sampler,
        OTEL_TRACES_SAMPLER_ARG: argument
      })
      expect(traces?.ratio).toBe(ratio)
    })
  )

  it.effect.each([
    [{ OTEL_SDK_DISABLED: "true" }, 0],
    [{ OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "prometheus" }, 0],
    [{ OTEL_LOGS_EXPORTER: "none" }, 2],
    [{}, 2],
    [{ OTEL_LOGS_EXPORTER: "otlp" }, 3],
    [{ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:4318/v1/logs" }, 3]
  ] as const)("of the exporters, %o leaves %i", ([env, left]) =>
    Effect.gen(function* () {
      const { traces, metrics, logs } = yield* read({ ...endpoint, ...env })
      expect([traces, metrics, logs].filter((target) => target !== undefined)).toHaveLength(left)
    })
  )

  it.effect("takes its name from either variable", () =>
    Effect.gen(function* () {
      const attributes = { OTEL_RESOURCE_ATTRIBUTES: "service.name=from%20attributes,host.name=a" }
      expect(yield* read(attributes)).toMatchObject({ serviceName: "from attributes" })
      expect(yield* read({ ...attributes, OTEL_SERVICE_NAME: "own" })).toMatchObject({ serviceName: "own" })
    })
  )

  it.effect("says all that is wrong at once, each with its variable and what is expected", () =>
    Effect.gen(function* () {
      const found = yield* problems({
        OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318",
        OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: "secret-without-a-name",
        OTEL_TRACES_SAMPLER: "jaeger_remote",
        OTEL_TRACES_SAMPLER_ARG: "50",
        OTEL_BSP_SCHEDULE_DELAY: "5s"
      })
      const text = found.join("\n")
      expect(found).toHaveLength(6)
      expect(text).toContain("OTEL_EXPORTER_OTLP_ENDPOINT: Expected the URL of a collector")
      expect(text).toContain(
        "OTEL_EXPORTER_OTLP_PROTOCOL: Expected http/protobuf or http/json; gRPC is not supported"
      )
      expect(text).toContain("OTEL_EXPORTER_OTLP_TRACES_HEADERS: Expected name=value")
      expect(text).toContain("OTEL_TRACES_SAMPLER: Expected always_on")
      expect(text).toContain("OTEL_TRACES_SAMPLER_ARG: Expected the share of traces to keep, from 0 to 1")
      expect(text).toContain("OTEL_BSP_SCHEDULE_DELAY: Expected a number of milliseconds")
      expect(text).not.toContain("secret-without-a-name")
    })
  )
})
