/**
 * The concerns of a relay: one list for the page, the command line, the metrics, `/readyz` and notifications.
 */
import { Context, DateTime, Effect, Layer, Semaphore, SubscriptionRef } from "effect"
import type { Concern } from "@usher/model/Concern"
import * as Forecast from "../dispatch/Forecast.ts"
import { Spots } from "../dispatch/Spots.ts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { Operations } from "../ports/Operations.ts"
import { SourcePauses } from "../ports/SourcePauses.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { Sources } from "../source/Sources.ts"
import { Reporting } from "../store/Reporting.ts"
import { concernsOf } from "./concernsOf.ts"
import type { SpotFacts } from "./concerns/spots.ts"
import { minSilence, type Pace, usualHours, weeks } from "./pace.ts"

/**
 * Lists what an operator should know now. Lists are ordered: the most urgent concern first.
 *
 * @category services
 */
export class Concerns extends Context.Service<
  Concerns,
  {
    /**
     * The concerns now, at most half a second old. Numbers of the budget are at most 10 seconds old, those of the usual
     * pace at most a minute.
     */
    readonly now: Effect.Effect<ReadonlyArray<Concern>, InboxUnavailable>
    /** The concerns of the last 10 seconds, which all callers share. */
    readonly recent: Effect.Effect<ReadonlyArray<Concern>, InboxUnavailable>
  }
>()("@usher/engine/Concerns") {}

/** How old shared readings may be, in milliseconds. A page asks 0.7 s after a change, so that it sees the change. */
const maxAge = { now: 500, recent: 10_000, budgets: 10_000, paces: 60_000 }

/** Reads again once the last reading is too old. Concurrent callers wait for the same reading. */
const shared = <A, E, R>(read: Effect.Effect<A, E, R>, maxAge: number): Effect.Effect<A, E, R> => {
  const alone = Semaphore.makeUnsafe(1)
  let last: { readonly at: number; readonly value: A } | undefined
  return alone.withPermits(1)(
    Effect.gen(function* () {
      const at = DateTime.toEpochMillis(yield* DateTime.now)
      // A clock that was set back makes no reading last longer.
      if (last !== undefined && Math.abs(at - last.at) < maxAge) return last.value
      const value = yield* read
      last = { at, value }
      return value
    })
  )
}

/**
 * Derives the concerns from the database.
 *
 * @category layers
 */
export const layer: Layer.Layer<
  Concerns,
  never,
  Operations | Reporting | SourcePauses | Sources | SpotControl | Spots
> = Layer.effect(
  Concerns,
  Effect.gen(function* () {
    const operations = yield* Operations
    const reporting = yield* Reporting
    const pauses = yield* SourcePauses
    const sources = yield* Sources
    const control = yield* SpotControl
    const { present } = yield* Spots

    const budgetOf = Effect.fnUntraced(function* (name: string) {
      const spot = (yield* SubscriptionRef.get(present)).get(name)
      const forecast =
        spot?.budget === undefined ? undefined : yield* forecastOf(name, spot.budget, spot.batchSize)
      const { invitations: count, isMore } = forecast?.backlog ?? (yield* operations.backlog(name))
      return { name, forecast, pending: { count, isMore } }
    })

    const forecastOf = (...spot: Parameters<typeof Forecast.of>) =>
      Forecast.of(...spot).pipe(
        Effect.provideService(Operations, operations),
        Effect.provideService(SpotControl, control)
      )

    const budgets = shared(
      Effect.gen(function* () {
        return yield* Effect.forEach((yield* SubscriptionRef.get(present)).keys(), budgetOf)
      }),
      maxAge.budgets
    )

    const paceOf = Effect.fnUntraced(function* (source: string) {
      const now = yield* DateTime.now
      const lastReceived = yield* reporting.lastReceived(source)
      const isQuiet =
        lastReceived !== null &&
        DateTime.toEpochMillis(now) - DateTime.toEpochMillis(lastReceived) >= minSilence
      const to = DateTime.add(now, { minutes: 1 })
      const count = (name: "accepted" | "refused", bucket: "hour" | "minute", from: DateTime.Utc) =>
        reporting.counted({ source, name, bucket, from, to })
      const pace: Pace = {
        source,
        lastReceived,
        firstReceived: yield* reporting.firstReceived(source),
        // A source that receives costs no further reading.
        accepted: isQuiet
          ? yield* count("accepted", "hour", DateTime.subtract(now, { weeks: weeks + 1 }))
          : [],
        refused: {
          hours: yield* count("refused", "hour", DateTime.subtract(now, { hours: usualHours })),
          minutes: yield* count("refused", "minute", DateTime.subtract(now, { hours: 1 }))
        }
      }
      return pace
    })

    const paces = shared(
      Effect.gen(function* () {
        return yield* Effect.forEach((yield* sources.current).keys(), paceOf)
      }),
      maxAge.paces
    )

    const read = Effect.gen(function* () {
      const states = new Map((yield* control.all).map((state) => [state.spot, state]))
      const spots = (yield* budgets).map(({ name, forecast, pending }): SpotFacts => ({
        name,
        forecast,
        pending,
        state: states.get(name)
      }))
      return concernsOf({
        now: yield* DateTime.now,
        spots,
        parked: yield* control.parked,
        pauses: yield* pauses.list,
        paces: yield* paces,
        received: (yield* operations.waiting([])).received,
        failures: yield* reporting.failures
      })
    }).pipe(Effect.withTracerEnabled(false))

    return Concerns.of({ now: shared(read, maxAge.now), recent: shared(read, maxAge.recent) })
  })
)
