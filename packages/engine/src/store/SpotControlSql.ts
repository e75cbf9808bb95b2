/** Stores the state of the Spots in the database. */
import { Effect, Layer } from "effect"
import { SpotControl } from "../ports/SpotControl.ts"
import { spotControlSql } from "./spots/spotStates.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * Keeps the state of the Spots in the database, beside the Inbox.
 *
 * @category layers
 */
export const layer: Layer.Layer<SpotControl, never, StoreSql> = Layer.effect(
  SpotControl,
  Effect.map(StoreSql, (store) => SpotControl.of(spotControlSql(store)))
)
