/** The state of the Spots in a database. */
import { Effect, Layer } from "effect"
import { type Migrator, SqlClient } from "effect/sql"
import { ending } from "../dispatch/ended.ts"
import { Events } from "../ports/Events.ts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { Signals } from "../ports/Signals.ts"
import { SpotControl } from "../ports/SpotControl.ts"
import { migrate } from "./InboxSql.ts"
import { DatabaseClock } from "./rows/timeline.ts"
import { spotControlSql } from "./spots/spotControl.ts"

/**
 * Migrates the database, then keeps the state of the Spots in it, beside the Inbox.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  SpotControl,
  InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient | Signals
> = Layer.effect(
  SpotControl,
  Effect.gen(function* () {
    yield* migrate
    const sql = yield* SqlClient.SqlClient
    const signals = yield* Signals
    return SpotControl.of(spotControlSql(sql, signals, yield* Events, yield* ending, yield* DatabaseClock))
  })
)
