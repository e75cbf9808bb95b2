/** A Postgres database for a test, of the server that runs as long as the tests do. */
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Postgres from "@usher/engine/Postgres"
import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { copied } from "../../../packages/engine/test/template.ts"
import { configuration } from "./harness.ts"

/** A database that goes away with the scope: its URL as it may stand in a file, and the password apart from it. */
const postgresLike = Effect.fnUntraced(function* (beginning: string) {
  const server = inject("postgresUrl")
  const name = `test_${randomUUID().replaceAll("-", "")}`
  const administer = (statement: string) =>
    SqlClient.SqlClient.use((sql) => sql.unsafe(statement)).pipe(
      Effect.provide(Postgres.layerClient({ url: Redacted.make(server), maxConnections: 1 }), {
        local: true
      }),
      Effect.orDie
    )
  yield* Effect.acquireRelease(administer(`CREATE DATABASE ${name} ${beginning}`), () =>
    administer(`DROP DATABASE ${name} WITH (FORCE)`)
  )
  const url = new URL(server)
  url.pathname = name
  const { password } = url
  url.password = ""
  return { url: url.href, password }
})

/** Empty. */
export const postgres = postgresLike("STRATEGY FILE_COPY")

/** With all tables, and nothing in them. */
export const migratedPostgres = postgresLike(copied)

export const onPostgres = (sandboxUrl: string, url: string) =>
  configuration(sandboxUrl).replace(
    "database: sqlite:./usher.db",
    `database: { url: "${url}", password: { env: DATABASE_PASSWORD } }`
  )
