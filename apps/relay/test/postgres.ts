/** A Postgres database for a test, of the server that runs as long as the tests do. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { inject } from "vitest"
import { administer, copied } from "../../../packages/engine/test/template.ts"
import { configuration } from "./harness.ts"

/** A database that goes away with the scope: its URL as it may stand in a file, and the password apart from it. */
const postgresLike = Effect.fnUntraced(function* (beginning: string) {
  const server = inject("postgresUrl")
  const name = `test_${randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(administer(server, `CREATE DATABASE ${name} ${beginning}`), () =>
    administer(server, `DROP DATABASE ${name} WITH (FORCE)`)
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
