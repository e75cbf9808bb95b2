/**
 * The log, on standard error: readable lines on a terminal, JSON lines elsewhere. `LOG_FORMAT` and `LOG_LEVEL` in the
 * environment override this.
 */
import { Cause, Config, Effect, Layer, Logger, References, Schema, String } from "effect"
import { styleText } from "node:util"

/** Logs one flat JSON object per line. */
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

const colors = { Fatal: "red", Error: "red", Warn: "yellow", Info: "green" } as const

const isColored = (level: string): level is keyof typeof colors => Object.hasOwn(colors, level)

/** Logs readable lines, with colors if the terminal supports them and `NO_COLOR` is not set. */
export const pretty = Logger.make(({ message, logLevel, cause, fiber, date }) => {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    styleText(format, text, { stream: process.stderr })
  const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations))
  return [
    style("dim", date.toTimeString().slice(0, "00:00:00".length)),
    style(isColored(logLevel) ? colors[logLevel] : "dim", logLevel.toUpperCase().padEnd(5)),
    printable(Array.isArray(message) ? message.join(" ") : `${message}`),
    ...annotations.map(([name, value]) => style("dim", `${name}=${printable(shown(value))}`)),
    ...(cause.reasons.length === 0 ? [] : [`\n${Cause.pretty(cause)}`])
  ].join(" ")
})

const shown = (value: unknown): string =>
  typeof value === "string" && /^\S+$/.test(value) ? value : (JSON.stringify(value) ?? "")

/** Replaces control characters, so that untrusted text can't break lines or control the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, "\u{fffd}")

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
      Logger.layer([Logger.withConsoleError(format === "pretty" ? pretty : json)]),
      Layer.succeed(References.MinimumLogLevel, String.capitalize(level))
    )
  )
)
