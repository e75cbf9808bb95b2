/**
 * The Spots that send invitations. Each has its own key, budget and limits. A program can replace them while the relay
 * runs.
 */
import { Context, Duration, Effect, Equal, identity, Layer, SubscriptionRef } from "effect"
import { HttpClient } from "effect/http"
import { Budget as CoreBudget, LiveParticipants, Lives, type MeltingSpotConfig } from "@usher/core"
import type * as Calls from "@usher/model/Calls"
import type { SpotState } from "@usher/model/Spot"
import * as Budget from "../ports/Budget.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/**
 * How to reach a Spot, and its limits.
 *
 * @category options
 */
export interface Options extends Omit<MeltingSpotConfig.Options, "maxRetryAfter"> {
  /**
   * The budget of its key. `"unlimited"`: no budget, for an upstream without limits. Default: the documented limits.
   */
  readonly budget?: Budget.Limits | "unlimited" | undefined
  /** When failed invitations are retried. Default: `RetryPolicy.standard`. */
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  /** Pattern of member ids besides UUIDs. It must match the whole id. Default: UUIDs only. */
  readonly memberId?: RegExp | undefined
  /** The maximum number of concurrent calls. Default: 8. */
  readonly concurrency?: number | undefined
  /** The maximum number of members in one call; 1 makes single calls only. Default: 100. */
  readonly batchSize?: number | undefined
}

/**
 * A Spot that is ready for dispatch.
 *
 * @category models
 */
export interface Spot {
  /** The name that sources use. */
  readonly name: string
  /** Sends invitations with the key of the Spot. */
  readonly participants: LiveParticipants.LiveParticipants["Service"]
  /**
   * Reads the Lives of the Spot. Undefined: their titles and beginnings stay unknown, and an invitation that expires when its
   * Live begins waits for an hour before it is sent.
   */
  readonly lives: Lives.Lives["Service"] | undefined
  /** The budget. Undefined: unlimited. */
  readonly budget: Budget.Limits | undefined
  /** When failed invitations are retried. */
  readonly retry: RetryPolicy.RetryPolicy
  /** Pattern of member ids besides UUIDs. */
  readonly memberId: RegExp | undefined
  /** The maximum number of concurrent calls. */
  readonly concurrency: number
  /** The maximum number of members in one call. */
  readonly batchSize: number
  /** The length of a lease, longer than any attempt can take. A lease that ends means that its dispatcher died. */
  readonly lease: Duration.Duration
}

/**
 * Makes a Spot from its clients and options.
 *
 * @category constructors
 */
export const make = (
  name: string,
  participants: LiveParticipants.LiveParticipants["Service"],
  options: Omit<Options, "secretKey"> = {},
  lives?: Lives.Lives["Service"]
): Spot => {
  const {
    budget = Budget.documented,
    retry = RetryPolicy.standard,
    concurrency = 8,
    batchSize = 100
  } = options
  const timeout = Duration.fromInputUnsafe(options.timeout ?? "30 seconds")
  return {
    name,
    participants,
    lives,
    budget: budget === "unlimited" ? undefined : budget,
    retry,
    memberId: options.memberId,
    concurrency,
    batchSize,
    lease: Duration.sum(timeout, Duration.seconds(90))
  }
}

/**
 * The most members that a call of a Spot has now: fewer than configured after the upstream refused larger calls.
 *
 * @category accessors
 */
export const batchSize = (spot: Pick<Spot, "batchSize">, state: SpotState | undefined): number =>
  Math.min(spot.batchSize, state?.largestBatch ?? Infinity)

/**
 * How a Spot sends now.
 *
 * @category accessors
 */
export const terms = (
  spot: Pick<Spot, "batchSize" | "budget">,
  state: SpotState | undefined
): Calls.Terms => ({
  batchSize: batchSize(spot, state),
  limits:
    spot.budget === undefined
      ? []
      : Budget.windows(spot.budget).map(({ calls, millis }) => ({ calls, window: Duration.millis(millis) }))
})

/**
 * The Spots that send invitations.
 *
 * @category services
 */
export class Spots extends Context.Service<
  Spots,
  {
    /** The Spots by name. Subscribers receive every change. */
    readonly present: SubscriptionRef.SubscriptionRef<ReadonlyMap<string, Spot>>
    /** Replaces all Spots. A Spot whose options are equal keeps running. */
    readonly replace: (options: ReadonlyMap<string, Options>) => Effect.Effect<void>
  }
>()("@usher/engine/Spots") {}

/**
 * Builds a `LiveParticipants` for each Spot. The limits that the upstream reports are stored in the database, for all
 * relays.
 *
 * @category layers
 */
export const layer = (
  options: ReadonlyMap<string, Options>
): Layer.Layer<Spots, never, HttpClient.HttpClient | SpotControl> =>
  Layer.effect(
    Spots,
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient
      const control = yield* SpotControl
      const present = yield* SubscriptionRef.make<ReadonlyMap<string, Spot>>(new Map())
      let known: ReadonlyMap<string, Options> = new Map()

      const replace = Effect.fnUntraced(function* (wanted: ReadonlyMap<string, Options>) {
        const before = yield* SubscriptionRef.get(present)
        const entries = yield* Effect.forEach(wanted, ([name, options]) => {
          const same = before.get(name)
          return same !== undefined && Equal.equals(known.get(name), options)
            ? Effect.succeed([name, same] as const)
            : clients({ ...options, maxRetryAfter: options.retry?.maxRetryAfter }).pipe(
                Effect.provideService(HttpClient.HttpClient, client),
                Effect.provideService(CoreBudget.Budget, counted(control, name)),
                Effect.map(
                  ([participants, lives]) => [name, make(name, participants, options, lives)] as const
                )
              )
        })
        known = wanted
        yield* SubscriptionRef.set(present, new Map(entries))
      })

      yield* replace(options)
      return Spots.of({ present, replace })
    })
  )

/**
 * Provides exactly these Spots; `replace` has no effect. For tests, and for programs with their own `LiveParticipants`.
 *
 * @category layers
 */
export const layerOf = (...spots: ReadonlyArray<Spot>): Layer.Layer<Spots> =>
  Layer.effect(
    Spots,
    Effect.map(
      SubscriptionRef.make<ReadonlyMap<string, Spot>>(new Map(spots.map((spot) => [spot.name, spot]))),
      (present) => Spots.of({ present, replace: () => Effect.void })
    )
  )

const clients = (options: MeltingSpotConfig.Options) =>
  Effect.zip(LiveParticipants.make(options), Lives.make(options))

/** The claim has already reserved the call. This only stores that no calls remain; the dispatcher handles a 429. */
const counted = (control: SpotControl["Service"], spot: string): CoreBudget.Budget => ({
  forKey: () => ({
    within: identity,
    rest: (duration, reason) =>
      reason === "Refused" ? Effect.void : Effect.ignore(control.cooldown(spot, duration), { log: "Debug" })
  })
})
