/**
 * Every service of this package for tests, over one MeltingSpot in memory.
 */
import { Layer, Redacted } from "effect"
import * as Budget from "./Budget.ts"
import * as Groups from "./Groups.ts"
import * as LiveParticipants from "./LiveParticipants.ts"
import * as Lives from "./Lives.ts"
import * as MeltingSpotClient from "./MeltingSpotClient.ts"
import * as MeltingSpotMemory from "./MeltingSpotMemory.ts"
import { layerHttpClient } from "./MeltingSpotServer.ts"
import * as Speakers from "./Speakers.ts"
import * as SpotMembers from "./SpotMembers.ts"

/**
 * The services of one Spot.
 *
 * @category models
 */
export type Services =
  | LiveParticipants.LiveParticipants
  | Lives.Lives
  | Speakers.Speakers
  | SpotMembers.SpotMembers
  | Groups.Groups
  | MeltingSpotClient.MeltingSpotClient

/**
 * The real services without limits, over a MeltingSpot in memory that a test can inspect.
 *
 * ```ts
 * import { Lives } from "@usher/core"
 * import { MeltingSpotMemory, MeltingSpotTest } from "@usher/core/testing"
 * import { Effect } from "effect"
 *
 * const test = Lives.Lives.use((lives) => lives.findByTitle("Product launch")).pipe(
 *   Effect.provide(MeltingSpotTest.layerMemory(MeltingSpotMemory.sample))
 * )
 * ```
 *
 * @category layers
 */
export const layerMemory = (
  options?: MeltingSpotMemory.Options
): Layer.Layer<Services | MeltingSpotMemory.MeltingSpot> => {
  const secretKey = Redacted.make("in-memory")
  return Layer.mergeAll(
    LiveParticipants.layer({ secretKey }),
    Lives.layer({ secretKey }),
    Speakers.layer({ secretKey }),
    SpotMembers.layer({ secretKey }),
    Groups.layer({ secretKey }),
    MeltingSpotClient.layer({ secretKey })
  ).pipe(
    Layer.provide(Budget.layerUnlimited),
    Layer.provide(layerHttpClient(secretKey)),
    Layer.provideMerge(MeltingSpotMemory.layer(options))
  )
}
