/** One Postgres for a whole run, with its default durability. */
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { readFile } from "node:fs/promises"
import { startPostgres } from "../../../../packages/engine/test/postgresServer.ts"

export class Postgres extends Context.Service<
  Postgres,
  {
    readonly version: Effect.Effect<string>
    /** Its settings for waiting for the disk. */
    readonly durability: Effect.Effect<string>
    /** The process id of the server, the parent of its connections. */
    readonly pid: Effect.Effect<number>
    /** Creates an empty database, and returns its URL. */
    readonly database: Effect.Effect<string>
  }
>()("@usher/bench/Postgres") {
  /** Starts the server at its first use. */
  static readonly layer: Layer.Layer<Postgres> = Layer.effect(
    this,
    Effect.gen(function* () {
      const scope = yield* Scope.Scope
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => startPostgres({ durable: true })),
        (server) => Effect.promise(() => server.remove())
      ).pipe(Scope.provide(scope), Effect.cached)
      const administer = <A, E>(run: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
        Effect.flatMap(server, ({ url }) =>
          SqlClient.SqlClient.use(run).pipe(
            Effect.provide(PgClient.layer({ url: Redacted.make(url), maxConnections: 1 }), { local: true }),
            Effect.orDie
          )
        )
      const setting = (name: string) =>
        administer((sql) =>
          Effect.map(sql.unsafe<Record<string, string>>(`SHOW ${name}`), ([row]) => row?.[name] ?? "")
        )
      return Postgres.of({
        version: setting("server_version"),
        durability: Effect.map(
          Effect.all([setting("fsync"), setting("synchronous_commit")]),
          ([fsync, commit]) => `fsync=${fsync}, synchronous_commit=${commit}`
        ),
        pid: Effect.flatMap(server, ({ databaseDir }) =>
          Effect.promise(() => readFile(`${databaseDir}/postmaster.pid`, "utf8"))
        ).pipe(Effect.map((text) => Number.parseInt(text))),
        database: Effect.gen(function* () {
          const name = `bench_${crypto.randomUUID().replaceAll("-", "")}`
          yield* administer((sql) => sql.unsafe(`CREATE DATABASE ${name}`))
          return (yield* server).url.replace(/[^/]+$/, name)
        })
      })
    })
  )
}
