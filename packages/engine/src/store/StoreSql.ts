/**
 * The relay's migrated database and the state that all layers over it share. It is the only layer that migrates:
 * `InboxSql`, `OperationsSql`, `SpotControlSql`, `SourcePausesSql`, `QuarantineSql` and `Reporting` require it.
 */
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { type Migrator, SqlClient } from "effect/sql"
import { ending } from "../dispatch/terminalCounts.ts"
import { Events } from "../ports/Events.ts"
import { InboxUnavailable } from "../ports/Inbox.ts"
import { Signals } from "../ports/Signals.ts"
import { RelayName } from "../runtime/RelayName.ts"
import { hashing } from "./accept/incoming.ts"
import { repeating } from "./accept/metrics.ts"
import { migrate, movedAway } from "./Migrations.ts"
import { clientDigests, keyOf } from "./rows/person.ts"
import { type Store, text } from "./rows/store.ts"
import { toInboxUnavailable } from "./rows/transaction.ts"

/**
 * The migrated database and what its layers share.
 *
 * @category services
 */
export class StoreSql extends Context.Service<StoreSql, Store>()("@usher/engine/StoreSql") {}

/**
 * Migrates the database. Fails if it can't be used, or has moved to another one.
 *
 * @category layers
 */
export const layer: Layer.Layer<
  StoreSql,
  InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient | SecureRandom.SecureRandom | Signals | Events
> = Layer.effect(
  StoreSql,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* toInboxUnavailable(checkIntegers(sql))
    yield* migrate
    const settings = yield* sql<{
      name: string
      value: string
    }>`SELECT name, value FROM settings WHERE name IN ('person_key', 'moved')`.pipe(toInboxUnavailable)
    const setting = new Map(settings.map(({ name, value }) => [name, value]))
    if (setting.has("moved")) return yield* new InboxUnavailable({ cause: new Error(movedAway) })
    const [unhashed] = yield* sql<{
      at: number | null
    }>`SELECT max(received_at) AS at FROM webhooks WHERE body_hash = ''`.pipe(toInboxUnavailable)
    const signals = yield* Signals
    const personKey = setting.get("person_key") ?? ""
    return StoreSql.of({
      sql,
      relay: text(yield* RelayName),
      random: yield* SecureRandom.SecureRandom,
      signals,
      events: yield* Events,
      countTerminal: yield* ending,
      personOf: keyOf(personKey),
      hashOf: hashing(personKey),
      clientOf: clientDigests(personKey),
      repeated: yield* repeating,
      unhashedUntil: unhashed?.at ?? -Infinity,
      isDatabaseClock: signals.isShared
    })
  })
)

/** A program's own client may read `bigint` as something other than a number. */
const checkIntegers = (sql: SqlClient.SqlClient) =>
  sql.onDialectOrElse({
    pg: () =>
      Effect.flatMap(sql<{ one: unknown }>`SELECT CAST(1 AS BIGINT) AS one`, ([row]) =>
        row?.one === 1
          ? Effect.void
          : Effect.die(
              new Error("StoreSql: the client does not read bigint as a number. Use Postgres.layerClient.")
            )
      ),
    orElse: () => Effect.void
  })
