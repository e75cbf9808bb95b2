import { expect, it } from "@effect/vitest"
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Effect, Layer, Metric } from "effect"
import { TestClock } from "effect/testing"
import { Gauges, Quarantine, Sources, Spots } from "../../src/index.ts"
import { layerInbox, layerSources, makeSource } from "../fixtures.ts"

/** The values of a counter's series, by labels in the order of their names. */
const counters = (name: string) =>
  Effect.map(Metric.snapshot, (all) =>
    Object.fromEntries(
      all.flatMap((metric) =>
        metric.id === name && metric.type === "Counter"
          ? [[Object.values(metric.attributes ?? {}).join(" "), Number(metric.state.count)]]
          : []
      )
    )
  )

const layerSpots = Layer.unwrap(
  Effect.map(LiveParticipants.LiveParticipants, (participants) =>
    Spots.layerOf(Spots.make("main", participants))
  )
).pipe(Layer.provide(LiveParticipantsTest.layerScripted()))

const layer = Gauges.layer.pipe(
  Layer.provide([Quarantine.layerNone, layerSpots]),
  Layer.provideMerge(layerSources()),
  Layer.provideMerge(layerInbox)
)

it.effect("the counters of sources and Spots begin at zero, also of a source that a reload adds", () =>
  Effect.gen(function* () {
    yield* TestClock.adjust(0)
    expect(yield* counters("usher_webhooks_mapped_total")).toEqual({
      "form mapped": 0,
      "form ignored": 0,
      "form unmappable": 0
    })
    expect(yield* counters("usher_webhooks_refused_total")).toMatchObject({
      "form NoSecretMatches": 0,
      "form not-stored": 0
    })
    expect(yield* counters("usher_quarantine_not_kept_total")).toMatchObject({ "form perMinute": 0 })
    expect(yield* counters("usher_invitations_total")).toMatchObject({
      "main rejected": 0,
      "main exhausted": 0
    })
    expect(yield* counters("usher_attempts_total")).toMatchObject({ "main 503 UpstreamUnavailable": 0 })
    const sources = yield* Sources.Sources
    const added = yield* makeSource({ name: "added" })
    yield* sources.replace(new Map([[added.name, added]]))
    yield* TestClock.adjust("10 seconds")
    expect(yield* counters("usher_webhooks_accepted_total")).toMatchObject({ "added standard-webhooks": 0 })
  }).pipe(Effect.provide(layer), (test) =>
    Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map()))
  )
)
