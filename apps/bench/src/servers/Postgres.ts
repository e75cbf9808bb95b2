/** One real Postgres for a whole run, with its own settings for the disk, and an empty database for whoever asks. */
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { readFile } from "node:fs/promises"
import { startPostgres } from "../../../../packages/engine/test/postgresServer.ts"

export class Postgres extends Context.Service<
  Postgres,
  {
    readonly version: Effect.Effect<string>
    /** What it says of its waits for the disk. */
    readonly durability: Effect.Effect<string>
    /** The process id of the server, which is above those of its connections. */
    readonly pid: Effect.Effect<number>
    /** The URL of an empty database. */
    readonly database: Effect.Effect<string>
    /** Throws all databases away that were asked for, and writes everything to disk. */
    readonly clear: Effect.Effect<void>
  }
>()("@usher/bench/Postgres") {
  /** Started when it is first asked for something. */
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
      const names: Array<string> = []
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
          const name = `bench_${names.length}_${crypto.randomUUID().slice(0, 8)}`
          names.push(name)
          yield* administer((sql) => sql.unsafe(`CREATE DATABASE ${name}`))
          return (yield* server).url.replace(/[^/]+$/, name)
        }),
        clear: administer((sql) =>
          Effect.gen(function* () {
            for (const name of names.splice(0)) yield* sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`)
            yield* sql.unsafe("CHECKPOINT")
          })
        )
      })
    })
  )
}
