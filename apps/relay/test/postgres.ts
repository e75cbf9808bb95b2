/** A Postgres database for a test, of the server that runs as long as the tests do. */
import { Effect } from "effect"
import { migratedPostgres as migrated, postgresDatabase } from "../../../packages/engine/test/databases.ts"
import { configuration } from "./harness.ts"

/** Its URL as it may stand in a file, and the password apart from it. */
const told = (whole: string) => {
  const url = new URL(whole)
  const { password } = url
  url.password = ""
  return { url: url.href, password }
}

/** Empty, until the scope ends. */
export const postgres = Effect.map(postgresDatabase, told)

/** With all tables, and nothing in them. */
export const migratedPostgres = Effect.map(migrated, told)

export const onPostgres = (sandboxUrl: string, url: string) =>
  configuration(sandboxUrl).replace(
    "database: sqlite:./usher.db",
    `database: { url: "${url}", password: { env: DATABASE_PASSWORD } }`
  )
