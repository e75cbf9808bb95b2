/**
 * Reads the titles and the beginnings of Lives from the upstream, one call at a time, with calls that no invitation needs.
 */
import { Context, Duration, Effect, Layer, SubscriptionRef } from "effect"
import type { Lives } from "@usher/core"
import { type Spot, Spots } from "../dispatch/Spots.ts"
import { type Answer, LiveCatalog, type Reading } from "../ports/LiveCatalog.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { supervise, working } from "../runtime/supervise.ts"

/**
 * How often the reader looks for a Live to read. Default: 10 seconds.
 *
 * @category references
 */
export const LookEvery = Context.Reference<Duration.Input>("@usher/engine/LiveReader/LookEvery", {
  defaultValue: () => "10 seconds"
})

/** The most Lives of a Spot that are read in a row. */
const maxReads = 10

/** The upstream fails, whichever Live is asked for. */
const isFailing: ReadonlySet<string> = new Set(["RateLimited", "UpstreamUnavailable", "Unauthorized"])

/** How often the counts of connections are merged, in looks. */
const mergeEvery = 360

/** How long the Spot rests if the upstream limits the rate of reads. */
const cooldown = Duration.seconds(30)

/**
 * Reads Lives while the layer exists. A failed read is stored with the Live and repeated after an hour.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, LiveCatalog | Spots | SpotControl> = Layer.effectDiscard(
  Effect.gen(function* () {
    const catalog = yield* LiveCatalog
    const control = yield* SpotControl
    const { present } = yield* Spots
    const lookEvery = yield* LookEvery
    let looks = 0

    const ask = (lives: Lives.Lives["Service"], { spot, liveId }: Reading) =>
      lives.get(liveId).pipe(
        Effect.map(({ title, startDate, endDate }): Answer => ({
          title,
          startsAt: startDate,
          endsAt: endDate
        })),
        Effect.tapErrorTag("RateLimited", ({ retryAfter }) => control.cooldown(spot, retryAfter ?? cooldown)),
        Effect.catch((error) => Effect.succeed<Answer>({ error: error._tag }))
      )

    /** Returns whether another Live may be read at once: an upstream that fails is left alone for a while. */
    const read = Effect.fnUntraced(function* (spot: Spot) {
      const { lives } = spot
      if (lives === undefined) return false
      const reading = yield* catalog.next({ ...spot, spot: spot.name })
      if (reading === undefined) return false
      const answer = yield* ask(lives, reading)
      yield* catalog.store(reading, answer)
      return !("error" in answer && isFailing.has(answer.error))
    })

    const look = Effect.gen(function* () {
      yield* Effect.sleep(lookEvery)
      for (const spot of (yield* SubscriptionRef.get(present)).values()) {
        for (let reads = 0; reads < maxReads && (yield* read(spot)); reads++) yield* Effect.yieldNow
      }
      if (looks++ % mergeEvery === 0) yield* catalog.mergeCounts
      yield* working
    })
    yield* Effect.forkScoped(supervise("Live reader", look))
  })
)
