/**
 * The Spots that invitations are sent with: each has its own key.
 */
import { Context, Effect, Layer } from "effect"
import type { HttpClient } from "effect/http"
import { Budget, LiveParticipants, type MeltingSpotConfig } from "@usher/core"

/**
 * @category services
 * @since 0.1.0
 */
export class Spots extends Context.Service<
  Spots,
  { readonly all: ReadonlyMap<string, LiveParticipants.LiveParticipants["Service"]> }
>()("@usher/engine/Spots") {
  /** One `LiveParticipants` for each Spot, by its name; each counts its own calls. */
  static readonly layer = (
    options: ReadonlyMap<string, MeltingSpotConfig.Options>
  ): Layer.Layer<Spots, never, HttpClient.HttpClient> =>
    Layer.effect(
      this,
      Effect.map(
        Effect.forEach(options, ([name, spot]) =>
          LiveParticipants.make(spot).pipe(
            Effect.provideService(Budget.Budget, Budget.makeMemory()),
            Effect.map((participants) => [name, participants] as const)
          )
        ),
        (entries) => Spots.of({ all: new Map(entries) })
      )
    )
}
