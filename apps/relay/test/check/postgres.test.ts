/** A Postgres that answers, and in which this role may not do what the relay does. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Postgres from "@usher/engine/Postgres"
import { randomUUID } from "node:crypto"
import { folder, isolated, secrets } from "../harness.ts"
import { usher } from "../inProcess.ts"
import { onPostgres, postgres } from "../postgres.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

/** The database after `usher migrate`, and statements as its owner. */
const migrated = Effect.gen(function* () {
  const { url, password } = yield* postgres
  const home = yield* folder(onPostgres("http://127.0.0.1:9", url))
  const env = { ...secrets, DATABASE_PASSWORD: password }
  const owner = new URL(url)
  owner.password = password
  const run = (statement: string) =>
    SqlClient.SqlClient.use((sql) => sql.unsafe(statement)).pipe(
      Effect.provide(Postgres.layer({ url: Redacted.make(owner.href) }), { local: true }),
      Effect.orDie
    )
  return { ...home, env, run, url }
})

const errorsOf = Effect.fnUntraced(function* (path: string, env: Readonly<Record<string, string>>) {
  const { code, stdout } = yield* usher(["check", "--json"], { cwd: path, env })
  const { errors } = JSON.parse(stdout)
  return { code, errors }
})

/** A role without rights, which goes with the scope. */
const role = Effect.fnUntraced(function* (run: (statement: string) => Effect.Effect<unknown>) {
  const name = `reader_${randomUUID().replaceAll("-", "")}`
  yield* Effect.acquireRelease(run(`CREATE ROLE ${name} LOGIN PASSWORD 'reads'`), () =>
    Effect.andThen(run(`DROP OWNED BY ${name}`), run(`DROP ROLE ${name}`))
  )
  return name
})

describe("usher check of a Postgres", () => {
  it.live(
    "names the right that the role lacks, before and after the tables are there",
    () =>
      Effect.gen(function* () {
        const { path, env, run, url } = yield* migrated
        const reader = yield* role(run)
        yield* run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        const other = new URL(url)
        other.username = reader
        const home = yield* folder(onPostgres("http://127.0.0.1:9", other.href))
        const asReader = { ...secrets, DATABASE_PASSWORD: "reads" }
        expect(yield* errorsOf(home.path, asReader)).toMatchObject({
          code: 1,
          errors: [{ path: "database", reason: "can't be used: this role can't create tables in its schema" }]
        })

        expect(yield* usher(["migrate"], { cwd: path, env })).toMatchObject({ code: 0 })
        expect(yield* errorsOf(path, env)).toEqual({ code: 0, errors: [] })
        yield* run(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${reader}`)
        expect(yield* errorsOf(home.path, asReader)).toMatchObject({
          code: 1,
          errors: [
            {
              path: "database",
              reason: "can't be used: this role lacks the privilege DELETE on the table invitations"
            }
          ]
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "says that its transactions can only read",
    () =>
      Effect.gen(function* () {
        const { path, env, run, url } = yield* migrated
        expect(yield* usher(["migrate"], { cwd: path, env })).toMatchObject({ code: 0 })
        yield* run(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`)
        expect(yield* errorsOf(path, env)).toMatchObject({
          code: 1,
          errors: [{ reason: expect.stringContaining("default_transaction_read_only") }]
        })
      }).pipe(isolated),
    patience
  )
})
