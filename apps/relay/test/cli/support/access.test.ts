/** What commands do with a database that they open themselves. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, type FileSystem, Layer, type Path, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestConsole } from "effect/testing"
import { inspect } from "node:util"
import * as Server from "../../../src/server/Server.ts"
import { admin, relay } from "../../admin/harness.ts"
import { deliver, folder, isolated, load, openDatabase } from "../../harness.ts"
import { migratedPostgres } from "../../postgres.ts"
import { usher } from "../../usher.ts"
import { signUp } from "../harness.ts"

const test = <E>(
  sentence: string,
  body: Effect.Effect<void, E, Scope.Scope | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path>
) => it.live(sentence, () => isolated(Effect.provide(body, TestConsole.layer)))

/** The folder of a relay that has invited Alice and has stopped, and a command line for it. */
const stopped = Effect.fnUntraced(function* (section = admin) {
  const home = yield* folder("")
  const { env, invitation } = yield* Effect.scoped(
    Effect.gen(function* () {
      const running = yield* relay(undefined, {}, { home, admin: section })
      yield* deliver(
        running.url,
        "svix",
        { email: "bob@example.com" },
        { id: "msg_bob", secret: "whsec_b3RoZXI=" }
      )
      return { env: running.env, invitation: yield* signUp(running, "alice@example.com") }
    })
  )
  const run = (...args: ReadonlyArray<string>) => usher([...args, "--config", home.file], env)
  return { ...home, env, invitation, run }
})

describe("a command on the database", () => {
  test(
    "reads while another process writes",
    Effect.gen(function* () {
      const { database, invitation, run } = yield* stopped()
      const other = yield* openDatabase(database)
      other.exec("BEGIN IMMEDIATE")
      const commands: ReadonlyArray<ReadonlyArray<string>> = [
        ["stats"],
        ["why", "alice@example.com"],
        ["webhooks", "list", "--text", "alice@"],
        ["invitations", "list"],
        ["invitations", "show", invitation],
        ["budget"],
        ["dead-letters"],
        ["audit"],
        ["sources", "list"],
        ["spots", "list"],
        ["lives", "list"],
        ["quarantine", "list"],
        ["tokens", "list"],
        ["tokens", "sessions"],
        ["mapping", "test", "svix"],
        ["replay", "--status", "invited", "--plan"],
        ["purge", "--all", "--before", "1 second", "--plan"],
        ["webhooks", "remap", "--status", "mapped", "--plan"],
        ["forget", "alice@example.com", "--plan"]
      ]
      for (const command of commands) {
        expect({ command, ...(yield* run(...command)) }).toMatchObject({ command, code: 0, stderr: "" })
      }
      expect(yield* run("spots", "pause", "main", "--reason", "x")).toMatchObject({
        code: 5,
        stderr: expect.stringContaining("locked")
      })
    })
  )

  test(
    "does not migrate it: an older relay may be running",
    Effect.gen(function* () {
      const { database, run } = yield* stopped()
      const other = yield* openDatabase(database)
      other.exec("DELETE FROM usher_admin_migrations")
      for (const command of [
        ["stats"],
        ["spots", "pause", "main", "--reason", "x"],
        ["tokens", "create", "--name", "laptop"],
        ["mapping", "test", "svix"],
        ["compact", "--yes"]
      ]) {
        expect({ command, ...(yield* run(...command)) }).toMatchObject({
          command,
          code: 5,
          stdout: "",
          stderr: `${database} has an older schema and waits for 0001_access. To upgrade it: stop the older relay, then usher migrate`
        })
      }
      expect(other.prepare("SELECT * FROM usher_admin_migrations").all()).toEqual([])
    })
  )

  test(
    "leaves it to the relay to delete what is too old in the quarantine",
    Effect.gen(function* () {
      const { database, run } = yield* stopped()
      const other = yield* openDatabase(database)
      other.exec("UPDATE quarantined SET last_at = 1")
      yield* run("spots", "pause", "main", "--reason", "x")
      expect((yield* run("quarantine", "list")).stdout).toContain("qu_")
    })
  )

  test(
    "records reads where the configuration asks for it",
    Effect.gen(function* () {
      const { run } = yield* stopped(`${admin}  audit: { reads: true }\n`)
      expect(yield* run("why", "alice@example.com")).toMatchObject({ code: 0 })
      expect((yield* run("audit")).stdout).toContain("people.why")
    })
  )
})

describe("the database for reading", () => {
  const refusesWrites = Effect.fnUntraced(function* (file: string, env: Readonly<Record<string, string>>) {
    const services = yield* Layer.build(Server.layerReading(yield* load(file, env)))
    const sql = Context.get(services, SqlClient.SqlClient)
    const write = sql`INSERT INTO settings (name, value) VALUES ('test', 'test')`
    expect(inspect(yield* Effect.flip(write))).toMatch(/read-?only/)
    expect(inspect(yield* Effect.flip(sql.withTransaction(write)))).toMatch(/read-?only/)
    expect(yield* sql`SELECT value FROM settings WHERE name = 'test'`).toEqual([])
  })

  test(
    "refuses writes on SQLite",
    Effect.gen(function* () {
      const { file, env } = yield* stopped()
      yield* refusesWrites(file, env)
    })
  )

  test(
    "refuses writes on Postgres, where commands read all the same",
    Effect.gen(function* () {
      const running = yield* relay(yield* migratedPostgres)
      yield* signUp(running, "alice@example.com")
      yield* refusesWrites(running.file, running.env)
      const { code, stdout } = yield* usher(
        ["why", "alice@example.com", "--config", running.file],
        running.env
      )
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("live-svix") })
    })
  )
})
