import { describe, expect, it } from "@effect/vitest"
import { Duration, Option, Result, Schema } from "effect"
import * as DurationText from "../../src/config/DurationText.ts"
import { SchemeConfig } from "../../src/config/SchemeConfig.ts"

const millisOf = (text: string) =>
  Option.getOrUndefined(Option.map(DurationText.parse(text), Duration.toMillis))

describe("a duration", () => {
  it.each([
    [1, ["1 ms", "1ms", "1 milli", "1 millis", "1 millisecond", "1 milliseconds"]],
    [1_000, ["1 s", "1s", "1 second", "1 seconds"]],
    [60_000, ["1 m", "1m", "1 minute", "1 minutes"]],
    [3_600_000, ["1 h", "1h", "1 hour", "1 hours"]],
    [86_400_000, ["1 d", "1d", "1 day", "1 days"]],
    [604_800_000, ["1 w", "1w", "1 week", "1 weeks"]]
  ] as const)("of %d ms may be written in several ways", (millis, texts) => {
    expect(texts.map(millisOf)).toEqual(texts.map(() => millis))
  })

  it("may have a fraction, several spaces, and spaces around it", () => {
    expect([" 1.5 h ", "2  days", "0.25 s", "010 s"].map(millisOf)).toEqual([
      5_400_000, 172_800_000, 250, 10_000
    ])
  })

  it.each([
    "",
    "5",
    "h",
    "-1 h",
    "1 H",
    "1 fortnight",
    "1 h 30 m",
    "1,5 h",
    ".5 h",
    "1. h",
    "Infinity",
    "1e3 s"
  ])("is not %j", (text) => {
    expect(millisOf(text)).toBeUndefined()
  })

  it("in a file is above zero, and is written back so that it reads the same", () => {
    const decode = Schema.decodeUnknownResult(DurationText.DurationText)
    for (const wrong of ["0 s", "0ms", "-1 h", "soon", 7]) expect(Result.isFailure(decode(wrong))).toBe(true)
    for (const text of ["90 s", "1.5 h", "30d", "250 ms"]) {
      const duration = Result.getOrThrow(decode(text))
      expect(decode(Schema.encodeSync(DurationText.DurationText)(duration))).toEqual(Result.succeed(duration))
    }
  })

  it("is the tolerance of every scheme, too", () => {
    const decode = Schema.decodeUnknownSync(SchemeConfig)
    const minutes = { tolerance: Duration.minutes(5) }
    const hmac = { scheme: "hmac", header: "x-a" }
    expect(decode({ ...hmac, tolerance: "5m" })).toMatchObject(minutes)
    expect(decode({ scheme: "standard-webhooks", tolerance: "300 s" })).toMatchObject(minutes)
    const choices = [{ header: "x-b", use: { ...hmac, tolerance: "5min" } }]
    expect(() => decode({ scheme: "by-header", choices })).toThrow("Duration")
    const right = [{ header: "x-b", use: { ...hmac, tolerance: "5 m" } }]
    expect(decode({ scheme: "by-header", choices: right })).toMatchObject({ choices: [{ use: minutes }] })
  })
})
