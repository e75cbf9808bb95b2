import { describe, expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import type { Count } from "../../src/store/reporting/pacing.ts"
import { type Pace, risen, usualSince } from "../../src/operate/pace.ts"

const now = DateTime.makeUnsafe("2026-12-01T12:30:00Z")
const minute = 60_000
const hour = 60 * minute
const week = 7 * 24 * hour

const before = (millis: number) => DateTime.subtract(now, { milliseconds: millis })

/** So many in each hour that began between two ages. */
const hourly = (count: number, from: number, to = 0): ReadonlyArray<Count> => {
  const end = DateTime.toEpochMillis(now)
  const first = end - from
  const start = first - (first % hour)
  return Array.from({ length: Math.ceil((end - to - start) / hour) }, (_, index) => ({
    at: start + index * hour,
    count
  }))
}

const steady: Pace = {
  source: "form",
  lastReceived: before(hour),
  firstReceived: before(8 * week),
  accepted: hourly(60, 5 * week, hour),
  refused: { hours: [], minutes: [] }
}

describe("a source is silent", () => {
  it("when it received many webhooks at the same time of earlier weeks", () => {
    expect(usualSince(steady, now)).toBe(60)
  })

  it.each<[string, Partial<Pace>]>([
    ["when it never received a webhook", { lastReceived: null, firstReceived: null, accepted: [] }],
    ["within 15 minutes of its last webhook", { lastReceived: before(14 * minute) }],
    ["when it received little at this time of earlier weeks", { accepted: hourly(19, 5 * week, hour) }],
    ["while it is younger than two weeks", { firstReceived: before(2 * week) }],
    [
      "when only one of four earlier weeks was busy at this time",
      { accepted: hourly(60, week + 2 * hour, week - hour) }
    ]
  ])("but not %s", (_, facts) => {
    expect(usualSince({ ...steady, ...facts }, now)).toBeUndefined()
  })

  it("even if one of four earlier weeks was quiet at this time", () => {
    const accepted = steady.accepted.filter(({ at }) => at < DateTime.toEpochMillis(before(week + 3 * hour)))
    expect(usualSince({ ...steady, accepted }, now)).toBe(60)
  })

  it("after 15 minutes at a pace that lets 20 webhooks be missed, by the share of the hours", () => {
    expect(
      usualSince({ ...steady, lastReceived: before(15 * minute), accepted: hourly(80, 5 * week) }, now)
    ).toBe(20)
    expect(
      usualSince({ ...steady, lastReceived: before(15 * minute), accepted: hourly(76, 5 * week) }, now)
    ).toBeUndefined()
  })

  it("for longer than a week, by the last week", () => {
    const accepted = hourly(1, 8 * week, 2 * week)
    expect(usualSince({ ...steady, lastReceived: before(2 * week), accepted }, now)).toBe(168)
  })
})

describe("refusals rise", () => {
  const refused = (hours: ReadonlyArray<Count>, count: number): Pace => ({
    ...steady,
    refused: { hours, minutes: [{ at: DateTime.toEpochMillis(before(10 * minute)), count }] }
  })

  it("when the last hour has many more than usual", () => {
    expect(risen(refused([], 20), now)).toEqual({ lastHour: 20, usual: 0, since: before(10 * minute) })
    expect(risen(refused(hourly(10, week, 2 * hour), 60), now)).toMatchObject({ lastHour: 60 })
  })

  it.each([
    ["when nothing is refused", refused([], 0)],
    ["when few are refused", refused([], 19)],
    ["when as many are always refused", refused(hourly(10, week), 29)]
  ])("but not %s", (_, pace) => {
    expect(risen(pace, now)).toBeUndefined()
  })

  it("since the first of the hours without a break that had so many", () => {
    const hours = [...hourly(500, 10 * hour, 9 * hour), ...hourly(500, 3 * hour, hour)]
    expect(risen(refused(hours, 500), now)?.since).toEqual(DateTime.makeUnsafe("2026-12-01T09:00:00Z"))
  })
})
