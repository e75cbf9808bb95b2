/** A database with all tables and nothing in them, made once for a server, which is copied sooner than it is made anew. */
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { InboxSql, Signals } from "../src/index.ts"
import * as Postgres from "../src/Postgres.ts"

const template = "usher_template"

/** What follows the name in `CREATE DATABASE`. */
export const copied = `TEMPLATE ${template} STRATEGY FILE_COPY`

/** A worker's connections for administration, by the server: opening one takes longer than what it is told. */
const administrators = new Map<string, Promise<SqlClient.SqlClient>>()

const administrator = (server: string) => {
  const known = administrators.get(server)
  if (known !== undefined) return known
  const services = Layer.build(PgClient.layer({ url: Redacted.make(server), maxConnections: 1 }))
  const opened = Effect.runPromise(Scope.provide(services, Scope.makeUnsafe()))
  const client = opened.then((services) => Context.get(services, SqlClient.SqlClient))
  administrators.set(server, client)
  return client
}

/** Tells the server, with nothing of the test's own services. */
export const administer = (server: string, statement: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    const sql = await administrator(server)
    await Effect.runPromise(sql.unsafe(statement))
  })

export const makeTemplate = (server: string): Promise<void> => {
  const create = SqlClient.SqlClient.use((sql) => sql.unsafe(`CREATE DATABASE ${template}`)).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(server), maxConnections: 1 }))
  )
  const migrate = Layer.build(
    InboxSql.layer.pipe(
      Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal]),
      Layer.provide(Postgres.layerClient({ url: Redacted.make(server.replace(/[^/]+$/, template)) }))
    )
  )
  return Effect.runPromise(Effect.andThen(create, Effect.asVoid(Effect.scoped(migrate))))
}
