import { describe, expect, it } from "@effect/vitest"
import { DateTime, Option, Result, Schema } from "effect"
import * as TimeText from "../../src/config/TimeText.ts"

const iso = (time: Option.Option<DateTime.Utc>) => Option.getOrUndefined(Option.map(time, DateTime.formatIso))

describe("a time", () => {
  it.each([
    ["2026-12-01T18:00:00Z", "2026-12-01T18:00:00.000Z"],
    ["2026-12-01 18:00Z", "2026-12-01T18:00:00.000Z"],
    ["2026-12-01T18:00:00.5z", "2026-12-01T18:00:00.500Z"],
    ["2026-12-01T18:00:00+02:00", "2026-12-01T16:00:00.000Z"],
    ["2026-12-01T18:00:00-0530", "2026-12-01T23:30:00.000Z"]
  ])("is %s, with its zone", (text, expected) => {
    expect(iso(TimeText.parse(text))).toBe(expected)
    expect(iso(TimeText.parseWithDay(text))).toBe(expected)
    expect(TimeText.isWithoutZone(text)).toBe(false)
  })

  it.each(["2026-12-01T18:00:00", "2026-12-01 18:00", "2026-12"])(
    "is not %s, which names no zone",
    (text) => {
      expect([TimeText.parse(text), TimeText.parseWithDay(text)]).toEqual([Option.none(), Option.none()])
      expect(TimeText.isWithoutZone(text)).toBe(true)
    }
  )

  it.each(["", "noon", "2026-13-01T00:00:00Z", "2 hours"])("is not %j", (text) => {
    expect([TimeText.parse(text), TimeText.parseWithDay(text)]).toEqual([Option.none(), Option.none()])
  })

  it("in a flag may be a day, which begins at midnight UTC; in a file it may not", () => {
    expect(iso(TimeText.parseWithDay("2026-12-01"))).toBe("2026-12-01T00:00:00.000Z")
    expect(TimeText.parse("2026-12-01")).toEqual(Option.none())
  })

  it("in a file may stand where a duration may, and is written back as it was", () => {
    const decode = Schema.decodeUnknownResult(TimeText.ExpiryText)
    for (const text of ["2026-12-01T18:00:00+02:00", "30d"]) {
      const value = Result.getOrThrow(decode(text))
      expect(decode(Schema.encodeSync(TimeText.ExpiryText)(value))).toEqual(Result.succeed(value))
    }
    expect(Result.isFailure(decode("2026-12-01"))).toBe(true)
  })
})
