import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import { Concern, Spot } from "@usher/model"
import * as Forecast from "../../src/dispatch/Forecast.ts"
import { concernsOf, type Facts } from "../../src/operate/concernsOf.ts"
import type { SpotFacts } from "../../src/operate/concerns/spots.ts"

const now = DateTime.makeUnsafe("2026-12-01T12:00:00Z")
const ago = (input: Duration.Input) => DateTime.subtractDuration(now, Duration.fromInputUnsafe(input))
const soon = (input: Duration.Input) => DateTime.addDuration(now, Duration.fromInputUnsafe(input))

const quiet: Facts = {
  now,
  spots: [],
  parked: [],
  pauses: [],
  paces: [],
  received: { count: 0, oldest: null },
  failures: { deadLetters: [], failedMappings: [], quarantined: [] }
}

const concerns = (facts: Partial<Facts>) => concernsOf({ ...quiet, ...facts })
const kinds = (facts: Partial<Facts>) => concerns(facts).map(({ kind }) => kind)

const active: Spot.SpotState = {
  spot: "main",
  paused: null,
  cooldown: null,
  circuit: null,
  largestBatch: null
}

/** A Spot with so many spent calls of its longer window, and so many due invitations, each a call of its own. */
const spotWith = (spent: number, due: number, state: Partial<Spot.SpotState> = {}): SpotFacts => ({
  name: "main",
  state: { ...active, ...state },
  pending: { count: due, isMore: due >= 20_000 },
  forecast: Forecast.make({
    spot: "main",
    now,
    usages: [
      {
        calls: 100,
        millis: 10_000,
        used: { live: 100, retry: 0, replay: 0, import: 0 },
        freesAt: now.epochMilliseconds + 5_000
      },
      {
        calls: 50_000,
        millis: 86_400_000,
        used: { live: spent, retry: 0, replay: 0, import: 0 },
        freesAt: now.epochMilliseconds + 3_600_000
      }
    ],
    calls: 0,
    backlog: {
      invitations: due,
      sendable: due,
      calls: due,
      oldestDue: due === 0 ? null : ago("10 minutes"),
      later: 0,
      parked: 0,
      isMore: due >= 20_000
    }
  })
})

describe("a relay has no concerns", () => {
  it("when nothing is held up or failed", () => {
    expect(concerns({ spots: [spotWith(100, 50)] })).toEqual([])
  })

  it("when its budget is spent and nothing is due", () => {
    expect(kinds({ spots: [spotWith(50_000, 0)] })).toEqual([])
  })

  it("when webhooks have waited to be mapped for less than a minute", () => {
    expect(kinds({ received: { count: 9, oldest: ago("59 seconds") } })).toEqual([])
  })
})

describe("a Spot", () => {
  it("that an operator paused is a concern, with the reason beside the text", () => {
    const paused = { since: ago("5 minutes"), by: "operator", reason: "ask ann@example.com" } as const
    expect(concerns({ spots: [spotWith(50_000, 1_234, { paused })] })).toEqual([
      {
        kind: "spot_paused",
        urgency: "warning",
        subject: { source: null, spot: "main", liveId: null },
        since: ago("5 minutes"),
        text: "An operator paused Spot main. 1,234 invitations pending.",
        reason: "ask ann@example.com",
        count: 1_234,
        isMore: false,
        next: "Nothing is sent until an operator resumes it",
        nextAt: null
      }
    ])
  })

  it("whose key is refused, or that gets no answers, is critical", () => {
    const paused = { since: ago("5 minutes"), by: "upstream", reason: "401" } as const
    const circuit = { since: ago("1 minute"), until: soon("30 seconds") }
    expect(concerns({ spots: [spotWith(0, 1, { paused })] })).toMatchObject([
      { kind: "key_refused", urgency: "critical", since: ago("5 minutes") }
    ])
    expect(concerns({ spots: [spotWith(0, 20_000, { circuit })] })).toMatchObject([
      {
        kind: "circuit_open",
        urgency: "critical",
        since: ago("1 minute"),
        nextAt: soon("30 seconds"),
        text: expect.stringContaining("20,000 or more invitations pending")
      }
    ])
  })

  it("in cooldown says when it makes its next call", () => {
    const cooldown = { since: ago("1 minute"), until: soon("2 minutes"), reason: "429" }
    expect(concerns({ spots: [spotWith(0, 1, { cooldown })] })).toMatchObject([
      { kind: "cooldown", urgency: "info", reason: "429", nextAt: soon("2 minutes") }
    ])
  })

  it("whose budget is spent says when calls are free again", () => {
    expect(concerns({ spots: [spotWith(50_000, 10)] })).toMatchObject([
      {
        kind: "budget_spent",
        since: ago("10 minutes"),
        count: 10,
        text: "Spot main has made all 50,000 calls that its budget allows in 24 hours. 10 invitations due.",
        nextAt: soon("1 hour")
      }
    ])
  })

  it("whose due invitations need more than a day says when the last one is sent", () => {
    const [concern, ...others] = concerns({ spots: [spotWith(0, 100_001)] })
    expect(others).toEqual([])
    expect(concern).toMatchObject({ kind: "budget_too_small", isMore: true })
    expect(DateTime.isGreaterThan(concern?.nextAt ?? now, soon("24 hours"))).toBe(true)
  })

  it("has its parked Lives listed, and counted if they are many", () => {
    const parked = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        spot: "main",
        liveId: `live-${index}`,
        title: index === 0 ? "Launch" : null,
        since: ago(`${index + 1} minutes`),
        until: soon("1 minute")
      }))
    expect(concerns({ spots: [spotWith(0, 0)], parked: parked(2) })).toMatchObject([
      {
        kind: "live_parked",
        subject: { spot: "main", liveId: "live-0" },
        text: "MeltingSpot does not know Live live-0 of Spot main, so it is parked.",
        liveTitle: "Launch",
        nextAt: soon("1 minute")
      },
      { kind: "live_parked", subject: { spot: "main", liveId: "live-1" } }
    ])
    expect(concerns({ spots: [spotWith(0, 0)], parked: parked(2) })[1]).not.toHaveProperty("liveTitle")
    expect(concerns({ spots: [spotWith(0, 0)], parked: parked(11) })).toMatchObject([
      { kind: "live_parked", subject: { spot: "main", liveId: null }, since: ago("11 minutes") }
    ])
  })
})

describe("a parked Live is tried", () => {
  const parked = (since: DateTime.Utc, until: DateTime.Utc, count = 1) =>
    Array.from({ length: count }, (_, index) => ({
      spot: "main",
      liveId: `live-${index}`,
      title: null,
      since,
      until
    }))
  const tried = (spot: SpotFacts, until: DateTime.Utc, count = 1) => {
    const found = concerns({ spots: [spot], parked: parked(ago("1 hour"), until, count) })
    const { next, nextAt } = found.find(({ kind }) => kind === "live_parked") ?? {}
    return { next, nextAt }
  }
  const next = "The relay tries one of its invitations"

  it("at its own time, or at the next call of its Spot if that is later", () => {
    expect(tried(spotWith(0, 1), soon("1 minute"))).toEqual({ next, nextAt: soon("1 minute") })
    expect(tried(spotWith(50_000, 1), soon("1 minute"))).toEqual({ next, nextAt: soon("1 hour") })
    const cooldown = { since: ago("1 minute"), until: soon("5 minutes"), reason: "429" }
    expect(tried(spotWith(0, 1, { cooldown }), ago("1 minute"))).toEqual({ next, nextAt: soon("5 minutes") })
    const circuit = { since: ago("1 minute"), until: soon("2 minutes") }
    expect(tried(spotWith(0, 1, { circuit }), soon("9 minutes"))).toEqual({ next, nextAt: soon("9 minutes") })
  })

  it("without a time once that has passed", () => {
    const spot = { ...spotWith(0, 1), forecast: undefined }
    expect(tried(spot, ago("1 minute"))).toEqual({ next: `${next} as soon as one is due`, nextAt: null })
  })

  it("not before its Spot is resumed", () => {
    const paused = { since: ago("1 minute"), by: "operator", reason: "" } as const
    const nothing = { next: "Nothing is sent until the Spot is resumed", nextAt: null }
    expect(tried(spotWith(50_000, 1, { paused }), soon("1 minute"))).toEqual(nothing)
    expect(tried(spotWith(0, 1, { paused }), soon("1 minute"), 11)).toEqual(nothing)
  })
})

describe("a source", () => {
  const pace = {
    source: "form",
    lastReceived: ago("2 hours"),
    firstReceived: ago("100 days"),
    accepted: Array.from({ length: 5 * 168 }, (_, index) => ({
      at: ago(`${index} hours`).epochMilliseconds,
      count: 30
    })),
    refused: { hours: [], minutes: [{ at: ago("5 minutes").epochMilliseconds, count: 40 }] }
  }

  it("that is silent, and whose deliveries are refused, is a concern by its own pace", () => {
    expect(concerns({ paces: [pace] })).toMatchObject([
      {
        kind: "source_silent",
        subject: { source: "form", spot: null, liveId: null },
        since: ago("2 hours"),
        text: "Source form is silent. In the same time of earlier weeks it received about 60 webhooks."
      },
      {
        kind: "refusals_rising",
        count: 40,
        text: "The relay refused 40 deliveries of source form in the last hour. Usual: fewer than 1 per hour."
      }
    ])
  })

  it("that is paused is for information", () => {
    const pause = {
      source: "form",
      since: ago("1 hour"),
      by: "ops",
      reason: null,
      held: 1,
      isResuming: false
    }
    expect(concerns({ pauses: [pause] })).toMatchObject([
      { kind: "source_paused", urgency: "info", text: "Source form is paused. 1 webhook held." }
    ])
    expect(concerns({ pauses: [{ ...pause, isResuming: true, held: 20_000 }] })).toMatchObject([
      { text: "Source form is resuming. 20,000 or more held webhooks to map." }
    ])
  })
})

describe("failures", () => {
  const failed = { count: 3, isMore: false, since: ago("3 days") }

  it("are listed by source or Spot, with the oldest one's time", () => {
    const failures = {
      deadLetters: [{ ...failed, name: "main" }],
      failedMappings: [{ ...failed, name: "form", count: 2_000, isMore: true }],
      quarantined: [{ ...failed, name: "form", count: 1 }]
    }
    expect(concerns({ failures })).toMatchObject([
      {
        kind: "dead_letters",
        subject: { spot: "main" },
        since: ago("3 days"),
        text: "3 invitations of Spot main in dead letters."
      },
      {
        kind: "failed_mappings",
        subject: { source: "form" },
        text: "Mapping failed for 2,000 or more webhooks of source form."
      },
      {
        kind: "quarantine",
        subject: { source: "form" },
        text: "1 refused delivery of source form in quarantine."
      }
    ])
  })

  it("include webhooks that have waited for their mapping for a minute", () => {
    expect(concerns({ received: { count: 1_500, oldest: ago("1 minute") } })).toMatchObject([
      { kind: "mapping_backlog", since: ago("1 minute"), text: "1,500 webhooks received and not mapped yet." }
    ])
  })
})

describe("the list", () => {
  it("begins with the most urgent concern", () => {
    const pause = { source: "form", since: now, by: "ops", reason: null, held: 1, isResuming: false }
    const circuit = { since: now, until: now }
    const received = { count: 1, oldest: ago("1 hour") }
    expect(kinds({ spots: [spotWith(0, 1, { circuit })], pauses: [pause], received })).toEqual([
      "circuit_open",
      "mapping_backlog",
      "source_paused"
    ])
  })

  it("identifies a concern by its kind and subject, whatever its numbers are", () => {
    const keys = (spot: SpotFacts) => concerns({ spots: [spot] }).map(Concern.keyOf)
    expect(keys(spotWith(50_000, 10))).toEqual(keys(spotWith(50_000, 11)))
    const paused = { since: now, by: "operator", reason: "a look" } as const
    expect(keys(spotWith(50_000, 10))).not.toEqual(keys(spotWith(50_000, 10, { paused })))
  })
})
