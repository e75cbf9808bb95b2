import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Logger, References } from "effect"
import { stripVTControlCharacters } from "node:util"
import * as Log from "../../src/telemetry/Log.ts"

it.effect("on a terminal an event is one line, whatever stands in it", () => {
  const lines: Array<string> = []
  const keep = Logger.map(Log.pretty, (line) => void lines.push(stripVTControlCharacters(line)))
  return Effect.gen(function* () {
    yield* Effect.logWarning("webhook refused").pipe(
      Effect.annotateLogs({ reason: "NoSecretMatches", name: "two words", ids: ["a", "b"] })
    )
    yield* Effect.logInfo("it says \u001b[2J\nand goes on")
    yield* Effect.logError("it failed", new Error("for this reason"))
    expect(lines.map((line) => line.replace(/^[\d:]{8} /, "").split("\n")[0])).toEqual([
      'WARN  webhook refused reason=NoSecretMatches name="two words" ids=["a","b"]',
      "INFO  it says \ufffd[2J\ufffdand goes on",
      expect.stringMatching(/^ERROR it failed/)
    ])
    expect(lines[2]).toContain("for this reason")
  }).pipe(Effect.provide(Logger.layer([keep])))
})

it.effect.each([
  [{}, "Info"],
  [{ LOG_LEVEL: "warn" }, "Warn"],
  [{ LOG_LEVEL: "trace" }, "Trace"]
] as const)("at info by default, and at the level that LOG_LEVEL names", ([env, level]) =>
  Effect.gen(function* () {
    expect(yield* References.MinimumLogLevel).toBe(level)
  }).pipe(
    Effect.provide(Log.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )
)
