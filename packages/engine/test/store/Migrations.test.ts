import { describe, expect, it } from "@effect/vitest"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, FileSystem } from "effect"
import { SqlClient } from "effect/sql"
import { Migrations } from "../../src/index.ts"
import { databaseFile, layerFile, layerPostgres, postgresDatabase } from "../databases.ts"
import { formerDatabase, formerMigrations, ranMigrations } from "./formerDatabase.ts"
import { schema } from "./schemaLines.ts"

it.effect("every file of a migration belongs to the list, which is in the order of the numbers", () =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const files = yield* fs.readDirectory(`${import.meta.dirname}/../../src/store/migrations`)
    const names = files.filter((file) => /^\d{4}_/.test(file)).map((file) => file.replace(".ts", ""))
    const listed = Object.keys(Migrations.migrations)
    expect(names.toSorted()).toEqual(listed)
    expect(listed).toEqual(listed.toSorted())
  }).pipe(Effect.provide(NodeServices.layer))
)

const databases = [
  ["SQLite", Effect.map(databaseFile, layerFile)],
  ["Postgres", Effect.map(postgresDatabase, layerPostgres)]
] as const

describe.each(databases)("on %s", (_, database) => {
  const given = <A, E, R>(test: Effect.Effect<A, E, R>) =>
    Effect.flatMap(database, (layer) => Effect.provide(test, layer, { local: true }))

  it.effect("a new database and an upgraded one end in the same schema", () =>
    Effect.gen(function* () {
      const made = yield* given(Effect.andThen(Migrations.migrate, schema))
      const upgraded = yield* given(
        Effect.andThen(formerDatabase, Effect.andThen(Migrations.migrate, schema))
      )
      expect(made.length).toBeGreaterThan(100)
      expect(upgraded.filter((line) => !/\b(?:tokens|sessions|audit_log|audit_head)/.test(line))).toEqual(
        made
      )
    })
  )

  it.effect("an upgrade keeps what waits, what was sent and what is scheduled", () =>
    given(
      Effect.gen(function* () {
        yield* formerDatabase
        const sql = yield* SqlClient.SqlClient
        yield* sql`INSERT INTO people ${sql.insert({ id: "person", member: "ada@example.com" })}`
        const row = (live_id: string, ready: number | null) =>
          sql`INSERT INTO invitations ${sql.insert({ id: live_id, spot: "main", live_id, person: "person", source: "form", created_at: 1, asked_at: 2, expires_at: 3, status: "pending", lane: 0, ready, due_at: 4, attempts: 5, lease: "token", together: 6, batch: "key" })}`
        yield* row("available", 1)
        yield* row("scheduled", 0)
        yield* row("finished", null)
        yield* sql`INSERT INTO spots ${sql.insert({ name: "main", epoch: 7, rests_until: 8, largest_batch: 9 })}`
        yield* sql`INSERT INTO spends ${sql.insert({ spot: "main", lane: 0, number: 1, started_at: 2, ends_at: 3 })}`
        yield* Migrations.migrate
        const rows =
          yield* sql`SELECT live_id, state, requested_at, lease_token, max_batch_size, batch_key FROM invitations ORDER BY live_id`
        expect(rows).toEqual(
          ["available", "finished", "scheduled"].map((state) => ({
            live_id: state,
            state,
            requested_at: 2,
            lease_token: "token",
            max_batch_size: 6,
            batch_key: "key"
          }))
        )
        const counted = ["available", "finished", "scheduled"].map((live_id) => ({
          live_id,
          title: null,
          status: "waiting",
          count: 1
        }))
        expect(
          yield* sql`SELECT live_id, title, status, count FROM lives JOIN live_counts USING (spot, live_id)
            ORDER BY live_id`
        ).toEqual(counted)
        expect(yield* sql`SELECT term, cooldown_until, max_batch_size FROM spots`).toEqual([
          { term: 7, cooldown_until: 8, max_batch_size: 9 }
        ])
        expect(yield* sql`SELECT number, ends_at FROM reservations`).toEqual([{ number: 1, ends_at: 3 }])
      })
    )
  )

  it.effect.each([
    [
      "too old",
      formerMigrations.slice(0, 11),
      "its schema is too old (0012_key_personal_ids): start an earlier version of Usher once"
    ],
    [
      "incomplete",
      formerMigrations.filter(([id]) => id !== 9),
      "lacks 0009_identify_by_body, which comes before 0017_probe_writes: restore a backup"
    ],
    [
      "incomplete since",
      [[18, "standard_names"]],
      "lacks 0001_schema, which comes before 0018_standard_names: restore a backup"
    ],
    [
      "another's",
      [
        [1, "schema"],
        [2, "mine"]
      ],
      "lists 0002_mine, which this version does not know"
    ],
    [
      "edited",
      [
        [1, "schema"],
        [18, "other"]
      ],
      "lists 0018_other, which this version does not know"
    ],
    [
      "newer",
      [
        [1, "schema"],
        [18, "standard_names"],
        [9_000, "later"]
      ],
      "a later version of Usher has changed it (9000_later)"
    ]
  ] as const)("a database whose history is %s is refused, and left as it was", ([, ran, message]) =>
    given(
      Effect.gen(function* () {
        yield* ranMigrations(ran)
        const before = yield* schema
        expect((yield* Effect.flip(Migrations.migrate)).message).toContain(message)
        expect((yield* Effect.flip(Migrations.pending)).message).toContain(message)
        expect(yield* schema).toEqual(before)
      })
    )
  )
})
