import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Postgres from "@usher/engine/Postgres"
import {
  configuration,
  deliver,
  folder,
  isolated,
  load,
  participants,
  sandbox,
  secrets,
  serve,
  start,
  until,
  usher as usherProcess
} from "../harness.ts"
import * as Schema from "../../src/database/Schema.ts"
import { usher } from "../inProcess.ts"
import { onPostgres, postgres } from "../postgres.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

describe("the database of a configuration", () => {
  it.effect("may be Postgres, with its password in the environment and nowhere else", () =>
    Effect.gen(function* () {
      const home = yield* folder(onPostgres("http://127.0.0.1:9", "postgres://usher@db.example.com/usher"))
      const config = yield* load(home.file, { ...secrets, DATABASE_PASSWORD: "hidden" })
      expect(config.database).toMatchObject({
        kind: "postgres",
        url: "postgres://usher@db.example.com/usher"
      })
      expect(JSON.stringify(config.database)).not.toContain("hidden")
      expect(yield* Effect.flip(load(home.file))).toMatchObject({
        problems: [
          {
            path: ["database", "password"],
            reason: "the environment variable is missing or empty"
          }
        ]
      })
    }).pipe(isolated)
  )

  it.effect("must not hold a password", () =>
    Effect.gen(function* () {
      const home = yield* folder(
        configuration("http://127.0.0.1:9").replace("sqlite:./usher.db", "postgres://usher:hidden@db/usher")
      )
      const { problems } = yield* Effect.flip(load(home.file))
      expect(problems).toEqual([
        {
          line: 3,
          path: ["database"],
          reason: "the URL has a password: move it to { url, password: { env: NAME } }, or set PGPASSWORD"
        }
      ])
    }).pipe(isolated)
  )
})

describe("usher migrate", () => {
  it.live(
    "brings the configured database up to date, and says so",
    () =>
      Effect.gen(function* () {
        const { path, database } = yield* folder(configuration("http://127.0.0.1:9"))
        const migrations = Schema.migrations.map((name) => name.slice("0000_".length))
        const migrate = usher(["migrate"], { cwd: path, env: secrets })
        expect(yield* migrate).toEqual({
          code: 0,
          stdout: `${database} is up to date now: ${migrations.join(", ")}.\n`,
          stderr: ""
        })
        expect(yield* migrate).toMatchObject({ code: 0, stdout: `${database} was up to date.\n` })
      }).pipe(isolated),
    patience
  )

  it.live(
    "moves a relay to Postgres: what waited is sent from there, and what was known stays known",
    () =>
      Effect.gen(function* () {
        const { url, ledger } = yield* sandbox
        const { url: target, password } = yield* postgres
        const home = yield* folder(configuration("http://127.0.0.1:1"))
        const before = yield* serve(home)
        const known = yield* deliver(before.url, "svix", { email: "a@example.com" }, { id: "msg_1" })
        yield* before.kill("SIGTERM")
        yield* before.ended

        const env = { ...secrets, PGPASSWORD: password, DATABASE_PASSWORD: password }
        const moved = yield* usherProcess(["migrate", "--to", target, "--json"], { cwd: home.path, env })
        expect(moved).toMatchObject({ code: 0, stderr: "" })
        const { tables } = JSON.parse(moved.stdout)
        expect(tables).toContainEqual(expect.objectContaining({ table: "webhooks", rows: 1 }))
        expect(yield* usher(["migrate", "--to", target], { cwd: home.path, env })).toMatchObject({
          code: 1,
          stderr: "This database has moved: configure the database that it moved to.\n"
        })
        expect(yield* usherProcess(["serve"], { cwd: home.path, env })).toMatchObject({
          code: 5,
          stderr: expect.stringContaining("it has moved")
        })

        const fs = yield* FileSystem.FileSystem
        yield* fs.writeFileString(home.file, onPostgres(url, target))
        const after = yield* serve(home, env)
        expect(yield* deliver(after.url, "svix", { email: "a@example.com" }, { id: "msg_1" })).toMatchObject({
          status: 202,
          json: { id: Object(known.json).id, status: "duplicate" }
        })
        expect(yield* participants(ledger, 1)).toEqual(["a@example.com"])
        expect(after.output.stderr).not.toContain(password)
      }).pipe(isolated),
    patience
  )

  for (const [signal, closed] of [
    ["SIGINT", false],
    ["SIGKILL", true]
  ] as const) {
    it.live(
      `stopped by ${signal}, is no success, and starts over when it is made again`,
      () =>
        Effect.gen(function* () {
          const { url: target, password } = yield* postgres
          const home = yield* folder(configuration("http://127.0.0.1:1"))
          const relay = yield* serve(home)
          const send = (id: string) => deliver(relay.url, "svix", { email: `${id}@example.com` }, { id })
          yield* send("1")

          const options = { cwd: home.path, env: { ...secrets, PGPASSWORD: password } }
          const holding = yield* Layer.build(
            Postgres.layer({ url: Redacted.make(target), password: Redacted.make(password) })
          )
          yield* Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            yield* Schema.migrate
            yield* Effect.gen(function* () {
              yield* sql`LOCK TABLE webhooks IN EXCLUSIVE MODE`
              const move = yield* start(["migrate", "--to", target], options)
              // Other tests use other databases of the same server.
              const waiting = sql`SELECT 1 FROM pg_locks WHERE NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
              yield* until(waiting, (found) => found.length > 0)
              expect(yield* send("2")).toMatchObject({ status: 503 })
              yield* move.kill(signal)
              const { code } = yield* move.ended
              expect(code).toBe(closed ? null : 130)
              if (!closed) expect(move.output.stderr).toMatch(/^Interrupted: /)
            }).pipe(sql.withTransaction)
          }).pipe(Effect.provide(holding))

          expect(yield* send("2")).toMatchObject({ status: closed ? 503 : 202 })
          if (closed) {
            expect(yield* usher(["migrate", "--stay"], options)).toMatchObject({ code: 0 })
            expect(yield* send("2")).toMatchObject({ status: 202 })
          }
          const moved = yield* usherProcess(["migrate", "--to", target, "--json"], options)
          expect(moved).toMatchObject({ code: 0, stderr: "" })
          expect(JSON.parse(moved.stdout).tables).toContainEqual(
            expect.objectContaining({ table: "webhooks", rows: 2 })
          )
        }).pipe(isolated),
      patience
    )
  }

  it.live(
    "refuses what it can't do, in a sentence",
    () =>
      Effect.gen(function* () {
        const { path } = yield* folder(configuration("http://127.0.0.1:9"))
        const to = (url: string) => usher(["migrate", "--to", url], { cwd: path, env: secrets })
        expect(yield* to("sqlite:./other.db")).toMatchObject({
          code: 2,
          stderr: "A move goes from SQLite to Postgres: give --to postgres://user@host/database\n"
        })
        const withPassword = yield* to("postgres://usher:hidden@127.0.0.1/usher")
        expect(withPassword.code).toBe(2)
        expect(withPassword.stderr).toMatch(/^--to: the URL has a password/)
        expect((yield* usher(["migrate"], { cwd: path, env: secrets })).code).toBe(0)
        const unreachable = yield* to("postgres://usher@127.0.0.1:1/usher")
        expect(unreachable.code).toBe(5)
        expect(unreachable.stderr).toMatch(/^--to: .*ECONNREFUSED/)
      }).pipe(isolated),
    patience
  )
})
