import { describe, expect, it } from "@effect/vitest"
import { DateTime } from "effect"
import { LiveSummary } from "../src/index.ts"

const now = DateTime.makeUnsafe("2030-01-01T10:00:00Z")
const later = (hours: number) => DateTime.add(now, { hours })
const live = { waiting: 3, failed: 0, expired: 0, startsAt: later(2), parkedUntil: null }
const facts: LiveSummary.Facts = { live, now, hold: null, clearAt: later(1) }
const hold = (state: "paused" | "cooldown" | "circuit_open") => ({ ...facts, hold: { state } })
const none = { ...live, waiting: 0 }

describe("the outlook of a Live", () => {
  it.each([
    ["none waits, whatever else is true", { ...hold("paused"), live: { ...none, startsAt: null } }, "sent"],
    ["none waits and some failed", { ...facts, live: { ...none, failed: 1 } }, "incomplete"],
    ["none waits and some expired", { ...facts, live: { ...none, expired: 1 } }, "incomplete"],
    ["the backlog is sent before the beginning", facts, "in_time"],
    ["the backlog is sent at the beginning", { ...facts, clearAt: later(2) }, "late"],
    ["the Live has begun", { ...facts, clearAt: later(-3), live: { ...live, startsAt: later(-1) } }, "late"],
    ["the Spot is paused", hold("paused"), "held"],
    ["MeltingSpot does not answer", hold("circuit_open"), "held"],
    ["the upstream asked to wait, until a known time", hold("cooldown"), "in_time"],
    ["the Live is parked", { ...facts, live: { ...live, parkedUntil: later(1) } }, "held"],
    ["the beginning is unknown", { ...facts, live: { ...live, startsAt: null } }, "unknown"],
    ["there is no forecast", { ...facts, clearAt: null }, "unknown"]
  ] as const)("when %s", (_, facts, outlook) => {
    expect(LiveSummary.outlook(facts)).toBe(outlook)
  })
})

describe("the name of a Live in a sentence", () => {
  it.each([
    ["its title and its id", "Product demo", '"Product demo" (live-1)'],
    ["its id without a title", null, "live-1"],
    ["its id with a blank title", " \n ", "live-1"],
    ["a title on one line", " Product\r\n\t demo ", '"Product demo" (live-1)'],
    ["a long title in short, whole characters only", "😀".repeat(101), `"${"😀".repeat(100)}…" (live-1)`]
  ])("is %s", (_, title, name) => {
    expect(LiveSummary.nameOf({ liveId: "live-1", title })).toBe(name)
  })
})
