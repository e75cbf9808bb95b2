/**
 * Reads the standard variables of OpenTelemetry, such as `OTEL_EXPORTER_OTLP_ENDPOINT`. An empty value counts as not set.
 * Without an endpoint nothing is exported.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 */
import { Config, Effect, Option, Schema } from "effect"
import { describe } from "../config/SchemaErrors.ts"

export class InvalidOtel extends Schema.TaggedError<InvalidOtel>()("InvalidOtel", {
  problems: Schema.Array(Schema.String)
}) {
  override get message() {
    return ["These environment variables are wrong:", ...this.problems.map((problem) => `  ${problem}`)].join(
      "\n"
    )
  }
}

const expected = (message: string) => ({ message: `Expected ${message}` })

const Url = Schema.String.check(
  Schema.makeFilter((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    expected: "the URL of a collector, such as http://localhost:4318"
  })
)

const Flag = Schema.Literals(["true", "false"]).annotate(expected("true or false"))

const wholeFrom = (expected: string) =>
  Schema.String.check(Schema.isPattern(/^[1-9]\d{0,8}$/, { expected })).pipe(
    Schema.decodeTo(Schema.FiniteFromString)
  )

const Millis = wholeFrom("a number of milliseconds")
const Count = wholeFrom("a whole number, 1 or more")

/** `name=value,name=value`, percent-encoded. */
const Pairs = Schema.String.check(
  Schema.makeFilter((text) => pairs(text) !== undefined, {
    expected: "name=value,name=value, percent-encoded"
  })
)

const Exporter = Schema.Literals(["otlp", "none"]).annotate(expected("otlp or none"))

const exporting = {
  ENDPOINT: Schema.optionalKey(Url),
  HEADERS: Schema.optionalKey(Pairs),
  PROTOCOL: Schema.optionalKey(
    Schema.Literals(["http/protobuf", "http/json"]).annotate(
      expected(
        "http/protobuf or http/json; gRPC is not supported: use the collector's HTTP port, usually 4318"
      )
    )
  ),
  COMPRESSION: Schema.optionalKey(Schema.Literals(["gzip", "none"]).annotate(expected("gzip or none"))),
  TIMEOUT: Schema.optionalKey(Millis)
}

const general = {
  SDK_DISABLED: Schema.optionalKey(Flag),
  SERVICE_NAME: Schema.optionalKey(Schema.String),
  RESOURCE_ATTRIBUTES: Schema.optionalKey(Pairs),
  TRACES_EXPORTER: Schema.optionalKey(Exporter),
  METRICS_EXPORTER: Schema.optionalKey(
    Schema.Literals(["otlp", "prometheus", "none"]).annotate(expected("otlp, prometheus or none"))
  ),
  LOGS_EXPORTER: Schema.optionalKey(Exporter),
  TRACES_SAMPLER: Schema.optionalKey(
    Schema.Literals([
      "always_on",
      "always_off",
      "traceidratio",
      "parentbased_always_on",
      "parentbased_always_off",
      "parentbased_traceidratio"
    ]).annotate(expected("always_on, always_off or traceidratio, each also with parentbased_ in front"))
  ),
  TRACES_SAMPLER_ARG: Schema.optionalKey(
    Schema.FiniteFromString.check(Schema.isBetween({ minimum: 0, maximum: 1 })).annotate(
      expected("the share of traces to keep, from 0 to 1")
    )
  ),
  METRIC_EXPORT_INTERVAL: Schema.optionalKey(Millis),
  EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: Schema.optionalKey(
    Schema.Literals(["cumulative", "delta"]).annotate(expected("cumulative or delta"))
  ),
  BSP_SCHEDULE_DELAY: Schema.optionalKey(Millis),
  BSP_MAX_EXPORT_BATCH_SIZE: Schema.optionalKey(Count),
  BLRP_SCHEDULE_DELAY: Schema.optionalKey(Millis),
  BLRP_MAX_EXPORT_BATCH_SIZE: Schema.optionalKey(Count)
}

/** The default share of traces: cheap, and enough to find what is slow. */
export const usualRatio = 0.05

/** Reads the environment. Fails with all problems. */
export const read = Effect.gen(function* () {
  const problems: Array<string> = []

  const variables = Effect.fnUntraced(function* <Fields extends Schema.Struct.Fields>(
    prefix: string,
    schema: Schema.Struct<Fields> & { readonly DecodingServices: never }
  ) {
    const found: Record<string, string> = {}
    for (const name of Object.keys(schema.fields)) {
      const value = Option.getOrElse(yield* Effect.option(Config.String(prefix + name)), () => "").trim()
      if (value !== "") found[name] = value
    }
    return yield* Schema.decodeUnknownEffect(schema, { errors: "all" })(found).pipe(
      Effect.catch(({ issue }) =>
        Effect.sync(() => void problems.push(...describe(issue).map((problem) => prefix + problem)))
      )
    )
  })

  const {
    SDK_DISABLED = "false",
    SERVICE_NAME,
    RESOURCE_ATTRIBUTES,
    TRACES_EXPORTER,
    METRICS_EXPORTER,
    LOGS_EXPORTER,
    TRACES_SAMPLER = "parentbased_traceidratio",
    TRACES_SAMPLER_ARG,
    ...more
  } = (yield* variables("OTEL_", Schema.Struct(general))) ?? {}
  const common = (yield* variables("OTEL_EXPORTER_OTLP_", Schema.Struct(exporting))) ?? {}

  const target = Effect.fnUntraced(function* (
    signal: "traces" | "metrics" | "logs",
    exporter: string | undefined,
    interval: number
  ) {
    const own =
      (yield* variables(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_`, Schema.Struct(exporting))) ?? {}
    const url = own.ENDPOINT ?? (common.ENDPOINT && `${common.ENDPOINT.replace(/\/+$/, "")}/v1/${signal}`)
    // Logs are exported only on request: they are on standard error anyway, and exporting them is expensive.
    const wanted = exporter ?? (signal !== "logs" || own.ENDPOINT !== undefined ? "otlp" : "none")
    if (url === undefined || wanted !== "otlp" || SDK_DISABLED === "true") return undefined
    const { HEADERS = "", PROTOCOL, COMPRESSION, TIMEOUT } = { ...common, ...own }
    return {
      url,
      headers: pairs(HEADERS) ?? {},
      protocol: PROTOCOL ?? ("http/protobuf" as const),
      compression: COMPRESSION ?? ("none" as const),
      /** Time for the collector to answer, in milliseconds. */
      timeout: TIMEOUT ?? 10_000,
      /** Milliseconds between two exports. */
      interval
    }
  })

  const traces = yield* target("traces", TRACES_EXPORTER, more.BSP_SCHEDULE_DELAY ?? 5_000)
  const metrics = yield* target("metrics", METRICS_EXPORTER, more.METRIC_EXPORT_INTERVAL ?? 60_000)
  const logs = yield* target("logs", LOGS_EXPORTER, more.BLRP_SCHEDULE_DELAY ?? 1_000)
  if (problems.length > 0) return yield* new InvalidOtel({ problems })

  const attributes = pairs(RESOURCE_ATTRIBUTES ?? "") ?? {}
  return {
    serviceName: SERVICE_NAME ?? attributes["service.name"] ?? "usher",
    attributes,
    // Undefined if not exported.
    traces: traces && {
      ...traces,
      batch: more.BSP_MAX_EXPORT_BATCH_SIZE ?? 512,
      ratio: ratioOf(TRACES_SAMPLER, TRACES_SAMPLER_ARG)
    },
    metrics: metrics && {
      ...metrics,
      temporality: more.EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE ?? ("cumulative" as const)
    },
    logs: logs && { ...logs, batch: more.BLRP_MAX_EXPORT_BATCH_SIZE ?? 512 }
  }
})

/** The export of one signal. */
export type Target = NonNullable<Effect.Success<typeof read>["logs" | "metrics" | "traces"]>

const ratioOf = (sampler: string, ratio = usualRatio): number =>
  sampler.endsWith("always_on") ? 1 : sampler.endsWith("always_off") ? 0 : ratio

const pairs = (text: string): Record<string, string> | undefined => {
  const entries = text.split(",").filter((pair) => pair.trim() !== "")
  try {
    return Object.fromEntries(
      entries.map((pair) => {
        const at = pair.indexOf("=")
        if (at < 1) throw new SyntaxError(pair)
        return [decodeURIComponent(pair.slice(0, at).trim()), decodeURIComponent(pair.slice(at + 1).trim())]
      })
    )
  } catch {
    return undefined
  }
}
