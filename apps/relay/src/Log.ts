/**
 * Readable lines on a terminal, JSON lines elsewhere; always on standard error, so that output can be piped. `LOG_FORMAT`
 * and `LOG_LEVEL` in the environment decide otherwise.
 */
import { Cause, Config, Effect, Layer, Logger, References, Schema, String } from "effect"

/** One flat object a line. */
export const json = Logger.make(({ message, logLevel, cause, fiber, date }) => {
  const { span } = fiber.cache
  return JSON.stringify({
    time: date.toISOString(),
    level: logLevel.toLowerCase(),
    message: Array.isArray(message) ? message.join(" ") : `${message}`,
    ...fiber.getRef(References.CurrentLogAnnotations),
    ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }),
    ...(cause.reasons.length === 0 ? {} : { error: Cause.pretty(cause) })
  })
})

const levels = ["fatal", "error", "warn", "info", "debug", "trace"] as const

const oneOf = <const Values extends ReadonlyArray<string>>(name: string, values: Values) =>
  Config.schema(Schema.Literals(values).annotate({ message: `Expected ${values.join(", ")}` }), name)

const settings = Config.all({
  level: oneOf("LOG_LEVEL", levels).pipe(Config.withDefault("info")),
  format: oneOf("LOG_FORMAT", ["json", "pretty"]).pipe(
    Config.withDefault(process.stderr.isTTY ? "pretty" : "json")
  )
})

export const layer = Layer.unwrap(
  Effect.map(settings, ({ level, format }) =>
    Layer.mergeAll(
      Logger.layer([format === "pretty" ? Logger.consolePretty() : Logger.withConsoleError(json)]),
      // The pretty one looks here.
      Layer.succeed(Logger.LogToStderr, true),
      Layer.succeed(References.MinimumLogLevel, String.capitalize(level))
    )
  )
)
