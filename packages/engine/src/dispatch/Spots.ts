/**
 * The Spots that invitations are sent with: each has its own key, budget and pace. They can be replaced while the relay
 * runs.
 */
import { Context, Duration, Effect, Equal, identity, Layer, SubscriptionRef } from "effect"
import { HttpClient } from "effect/http"
import { Budget as CoreBudget, LiveParticipants, type MeltingSpotConfig } from "@usher/core"
import * as Budget from "../ports/Budget.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import * as RetryPolicy from "./RetryPolicy.ts"

/**
 * How a Spot is reached, and at what pace.
 *
 * @category options
 */
export interface Options extends Omit<MeltingSpotConfig.Options, "maxRetryAfter"> {
  /** Of its key. Default: the documented one. `"unlimited"`: nobody counts, which suits an upstream without limits. */
  readonly budget?: Budget.Limits | "unlimited" | undefined
  /** When failed invitations are tried again. Default: `RetryPolicy.standard`. */
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  /** Which texts are ids of its members: matched against the whole id. A UUID always is one. Default: nothing else. */
  readonly memberId?: RegExp | undefined
  /** How many calls may be under way at once. Default 8. */
  readonly concurrency?: number | undefined
  /** How many members one call may have; 1 for single calls only. Default 100. */
  readonly batchSize?: number | undefined
}

/**
 * A Spot, ready to be dispatched.
 *
 * @category models
 */
export interface Spot {
  /** The name that sources use. */
  readonly name: string
  /** Invites with the key of the Spot. */
  readonly participants: LiveParticipants.LiveParticipants["Service"]
  /** Undefined where nobody counts. */
  readonly budget: Budget.Limits | undefined
  /** When failed invitations are tried again. */
  readonly retry: RetryPolicy.RetryPolicy
  /** Of its members' ids, besides UUIDs. */
  readonly memberId: RegExp | undefined
  /** The most calls under way at once. */
  readonly concurrency: number
  /** The most members of one call. */
  readonly batchSize: number
  /** Longer than any attempt can last, so that a lease that ends means a dispatcher that died. */
  readonly lease: Duration.Duration
}

/**
 * What `Options` leave open.
 *
 * @category constructors
 */
export const make = (
  name: string,
  participants: LiveParticipants.LiveParticipants["Service"],
  options: Omit<Options, "secretKey"> = {}
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
    budget: budget === "unlimited" ? undefined : budget,
    retry,
    memberId: options.memberId,
    concurrency,
    batchSize,
    lease: Duration.sum(timeout, Duration.seconds(90))
  }
}

/**
 * The Spots that invitations are sent with.
 *
 * @category services
 */
export class Spots extends Context.Service<
  Spots,
  {
    /** By name; whoever subscribes hears of every change. */
    readonly present: SubscriptionRef.SubscriptionRef<ReadonlyMap<string, Spot>>
    /** From now on these. One whose options are the same stays as it is. */
    readonly replace: (options: ReadonlyMap<string, Options>) => Effect.Effect<void>
  }
>()("@usher/engine/Spots") {}

/**
 * Builds a `LiveParticipants` for each Spot. The limits that the upstream states are kept in the database, for all relays.
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
            : LiveParticipants.make({ ...options, maxRetryAfter: options.retry?.maxRetryAfter }).pipe(
                Effect.provideService(HttpClient.HttpClient, client),
                Effect.provideService(CoreBudget.Budget, counted(control, name)),
                Effect.map((participants) => [name, make(name, participants, options)] as const)
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
 * Holds exactly these Spots; `replace` has no effect. For tests, and for programs with a `LiveParticipants` of their own.
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

/** A claim has paid for its call already; what is left is to remember that no calls remain. A 429 is the dispatcher's. */
const counted = (control: SpotControl["Service"], spot: string): CoreBudget.Budget => ({
  forKey: () => ({
    within: identity,
    rest: (duration, reason) =>
      reason === "Refused" ? Effect.void : Effect.ignore(control.cooldown(spot, duration), { log: "Debug" })
  })
})
