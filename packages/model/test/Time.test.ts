import { describe, expect, it } from "@effect/vitest"
import { DateTime, Schema } from "effect"
import { Time } from "../src/index.ts"

const read = Schema.decodeUnknownSync(Time.Time)
const write = Schema.encodeSync(Time.Time)

describe("a time", () => {
  it.each(["2026-01-01T00:00:00Z", "2026-01-01T02:00:00+02:00", "2025-12-31T19:00:00-0500"])(
    "is read with its zone and written in UTC: %s",
    (text) => expect(write(read(text))).toBe("2026-01-01T00:00:00.000Z")
  )

  it.each(["2026-01-01T00:00:00", "2026-01-01", "1767225600000", "soonZ"])(
    "is refused without a zone, or where it is no time: %s",
    (text) => expect(() => read(text)).toThrow(/time|date/i)
  )

  it("is a DateTime in programs", () => {
    expect(DateTime.isUtc(read("2026-01-01T02:00:00+02:00"))).toBe(true)
  })
})
