/** Gauges of the concerns, sampled every 10 s. */
import { DateTime, Effect, Layer, SubscriptionRef } from "effect"
import type { Concern, Kind } from "@usher/model/Concern"
import { Spots } from "../dispatch/Spots.ts"
import { gauge, series } from "../runtime/series.ts"
import { supervise, working } from "../runtime/supervise.ts"
import { Sources } from "../source/Sources.ts"
import * as Concerns from "./Concerns.ts"

const present = gauge("usher_concerns", "What an operator should know now, by kind: 0 if it is not the case")
const since = gauge(
  "usher_concern_since_timestamp_seconds",
  "Start of the concern, in seconds since 1970; 0 if it is not the case or its start is unknown",
  "s"
)

const about: Readonly<Record<Kind, "spot" | "source" | "relay">> = {
  key_refused: "spot",
  circuit_open: "spot",
  source_silent: "source",
  refusals_rising: "source",
  mapping_backlog: "relay",
  budget_spent: "spot",
  budget_too_small: "spot",
  live_parked: "spot",
  dead_letters: "spot",
  failed_mappings: "source",
  quarantine: "source",
  spot_paused: "spot",
  source_paused: "source",
  cooldown: "spot"
}

type Labels = readonly [kind: string, source: string, spot: string]

/** Without the Live, whose values have no bound. */
const labelsOf = ({ kind, subject: { source, spot } }: Concern): Labels => [kind, source ?? "", spot ?? ""]

const sampleEvery = "10 seconds"

/**
 * Provides the concerns, and samples their gauges while the layer exists.
 *
 * @category layers
 */
export const layer: Layer.Layer<
  Concerns.Concerns,
  never,
  Layer.Services<typeof Concerns.layer>
> = Layer.effectDiscard(
  Effect.gen(function* () {
    const concerns = yield* Concerns.Concerns
    const sources = yield* Sources
    const spots = yield* Spots
    const setPresent = yield* series(present, "kind", "source", "spot")
    const setSince = yield* series(since, "kind", "source", "spot")
    /** Every series that was set. Removed sources and Spots keep theirs, at 0. */
    const known = new Map<string, Labels>()
    const know = (labels: Labels) => known.set(labels.join("\n"), labels)

    const sample = Effect.gen(function* () {
      const names = {
        spot: [...(yield* SubscriptionRef.get(spots.present)).keys()],
        source: [...(yield* sources.current).keys()],
        relay: [""]
      }
      for (const [kind, subject] of Object.entries(about)) {
        for (const name of names[subject]) {
          know([kind, subject === "source" ? name : "", subject === "spot" ? name : ""])
        }
      }
      const found = new Map<string, { count: number; since: number }>()
      for (const concern of yield* concerns.recent) {
        const labels = labelsOf(concern)
        know(labels)
        const key = labels.join("\n")
        const one = found.get(key) ?? { count: 0, since: Infinity }
        const began = concern.since === null ? Infinity : DateTime.toEpochMillis(concern.since) / 1_000
        found.set(key, { count: one.count + 1, since: Math.min(one.since, began) })
      }
      for (const [key, labels] of known) {
        const one = found.get(key)
        setPresent(one?.count ?? 0, ...labels)
        setSince(one === undefined || one.since === Infinity ? 0 : one.since, ...labels)
      }
    })
    yield* Effect.forkScoped(
      supervise(
        "Gauges of concerns",
        Effect.andThen(sample, Effect.andThen(working, Effect.sleep(sampleEvery)))
      )
    )
  })
).pipe(Layer.provideMerge(Concerns.layer))
