/**
 * Elects a leader for each Spot among the relays on a Postgres, by session advisory locks. A relay that dies loses its
 * session and its locks within a moment.
 */
import { Effect, Layer } from "effect"
import { PgClient } from "@effect/sql-pg"
import { Leadership } from "../../dispatch/Leadership.ts"
import type { SpotControl } from "../../ports/SpotControl.ts"
import { electing } from "./electing.ts"
import { open } from "./electionSession.ts"

/**
 * Elects one leader for each Spot among the relays on a Postgres.
 *
 * @category layers
 */
export const layer: Layer.Layer<Leadership, never, PgClient.PgClient | SpotControl> = Layer.effect(
  Leadership,
  Effect.flatMap(PgClient.PgClient, (pg) => electing(open(pg)))
)
