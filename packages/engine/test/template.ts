/** A database with all tables and nothing in them, made once for a server, which is copied sooner than it is made anew. */
import { Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { InboxSql, Signals } from "../src/index.ts"
import * as Postgres from "../src/Postgres.ts"

const template = "usher_template"

/** What follows the name in `CREATE DATABASE`. */
export const copied = `TEMPLATE ${template} STRATEGY FILE_COPY`

export const makeTemplate = (server: string): Promise<void> => {
  const administer = SqlClient.SqlClient.use((sql) => sql.unsafe(`CREATE DATABASE ${template}`)).pipe(
    Effect.provide(Postgres.layerClient({ url: Redacted.make(server), maxConnections: 1 }))
  )
  const migrate = Layer.build(
    InboxSql.layer.pipe(
      Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal]),
      Layer.provide(Postgres.layerClient({ url: Redacted.make(server.replace(/[^/]+$/, template)) }))
    )
  )
  return Effect.runPromise(Effect.andThen(administer, Effect.asVoid(Effect.scoped(migrate))))
}
