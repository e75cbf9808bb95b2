/** A database of Postgres with all tables and nothing in them, made once for a server, which is copied sooner than it is made anew. */
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { randomUUID } from "node:crypto"
import { Events, Signals, StoreSql } from "../src/index.ts"
import * as Postgres from "../src/store/postgres/Postgres.ts"
import { keeping } from "./pristine.ts"

const template = "usher_template"

export const databaseAt = (server: string, database: string): string => server.replace(/[^/]+$/, database)

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

/** The databases of a worker that are as new, by the server, and how often each was used. */
const emptied = new Map<string, Array<readonly [name: string, uses: number]>>()

/** What is deleted stays in the files until a database is dropped. */
const mostUses = 25

const drop = (server: string, name: string) => administer(server, `DROP DATABASE ${name} WITH (FORCE)`)

const empty = (server: string, name: string): Effect.Effect<boolean> =>
  Effect.promise(() =>
    SqlClient.SqlClient.use((sql) => sql<{ done: boolean }>`SELECT pristine.again() AS done`).pipe(
      Effect.map(([answer]) => answer?.done === true),
      Effect.provide(PgClient.layer({ url: Redacted.make(databaseAt(server, name)), maxConnections: 1 })),
      // It holds a lock, or is not as it was.
      Effect.orElseSucceed(() => false),
      Effect.runPromise
    )
  )

/**
 * A database with all tables and nothing in them, until the scope ends: its name. One that a test of this worker has left is
 * emptied and used again, which takes a fraction of making and dropping one, unless that test has changed more than rows.
 */
export const migratedDatabase = (server: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.suspend(() => {
        const left = emptied.get(server)?.pop()
        if (left !== undefined) return Effect.succeed(left)
        const name = `test_${randomUUID().replaceAll("-", "")}`
        return Effect.as(
          administer(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`),
          [name, 0] as const
        )
      }),
      ([name, uses]) =>
        Effect.gen(function* () {
          if (uses + 1 >= mostUses || !(yield* empty(server, name))) return yield* drop(server, name)
          const all = emptied.get(server) ?? []
          emptied.set(server, [...all, [name, uses + 1]])
        })
    ),
    ([name]) => name
  )

export const makeTemplate = (server: string): Promise<void> => {
  const create = SqlClient.SqlClient.use((sql) => sql.unsafe(`CREATE DATABASE ${template}`)).pipe(
    Effect.provide(PgClient.layer({ url: Redacted.make(server), maxConnections: 1 }))
  )
  const migrate = Layer.build(
    Layer.effectDiscard(
      SqlClient.SqlClient.use((sql) => Effect.forEach(keeping, (statement) => sql.unsafe(statement)))
    ).pipe(
      Layer.provide(StoreSql.layer),
      Layer.provide([SecureRandom.layerWebCrypto, Signals.layerLocal, Events.layerNone]),
      Layer.provide(Postgres.layerClient({ url: Redacted.make(databaseAt(server, template)) }))
    )
  )
  return Effect.runPromise(Effect.andThen(create, Effect.asVoid(Effect.scoped(migrate))))
}
