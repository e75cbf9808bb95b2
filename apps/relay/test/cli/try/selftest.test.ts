import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as Postgres from "@usher/engine/Postgres"
import { generateKeyPairSync } from "node:crypto"
import {
  configuration,
  folder,
  isolated,
  secrets,
  start,
  until,
  usher as usherProcess
} from "../../harness.ts"
import { usher } from "../../inProcess.ts"
import { onPostgres, postgres } from "../../postgres.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 240_000

/** Nobody answers there: whoever called it would fail. */
const nowhere = "http://127.0.0.1:9"

const onSqlite = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const home = yield* folder(configuration(nowhere))
  return { home, env: secrets, left: fs.readDirectory(home.path) }
})

/** With what is left there, but for the configuration: databases of the test, and tables in the real one. */
const onServer = Effect.gen(function* () {
  const { url, password } = yield* postgres
  const home = yield* folder(onPostgres(nowhere, url))
  const left = SqlClient.SqlClient.use(
    (sql) => sql<{
      name: string
    }>`SELECT datname AS name FROM pg_database WHERE datname LIKE 'usher_selftest%'
      UNION SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
  ).pipe(
    Effect.provide(Postgres.layerClient({ url: Redacted.make(url), password: Redacted.make(password) })),
    Effect.map((rows) => ["usher.yaml", ...rows.map(({ name }) => name)])
  )
  return { home, env: { ...secrets, DATABASE_PASSWORD: password }, left }
})

const points = ["after commit", "after read", "after the upstream call"]

describe.each([
  { on: "SQLite", prepare: onSqlite, waits: { journalMode: "wal", synchronous: "full" } },
  // The server of the tests waits for no disk, and says so.
  { on: "Postgres", prepare: onServer, waits: { fsync: "off", synchronousCommit: "off" } }
])("usher selftest on $on", ({ prepare, waits }) => {
  it.live(
    "kills the relay at each point, finds that nothing is lost, stored twice or invited twice, and leaves nothing behind",
    () =>
      Effect.gen(function* () {
        const { home, env, left } = yield* prepare
        const args = ["selftest", "--deliveries", "40", "--crash", "--rounds", "3", "--json"]
        const { code, stdout, stderr } = yield* usherProcess(args, { cwd: home.path, env })
        expect({ stdout, stderr }).not.toMatchObject({ stdout: "" })
        const report = JSON.parse(stdout)
        expect(report.crash).not.toContainEqual(expect.objectContaining({ caught: 0 }))
        expect(report).toMatchObject({
          ok: true,
          durability: waits,
          leftOut: [],
          acknowledgement: { deliveries: 40, refused: {} },
          verdict: { lost: 0, duplicated: 0, doublyInvited: 0, astray: {} }
        })
        expect(code).toBe(0)
        const { p50, p90, p99, max } = report.acknowledgement
        expect([p50, p90, p99, max].toSorted((a, b) => a - b)).toEqual([p50, p90, p99, max])
        expect(report.crash.map(({ point }: { point: string }) => point).toSorted()).toEqual(points)
        expect(report.verdict.acknowledged).toBe(report.verdict.sent)
        expect(report.verdict.askedAgain).toBeGreaterThan(0)
        expect(yield* left).toEqual(["usher.yaml"])
      }).pipe(isolated),
    patience
  )

  it.live(
    "stopped in the middle, it leaves nothing behind",
    () =>
      Effect.gen(function* () {
        const { home, env, left } = yield* prepare
        const selftest = yield* start(["selftest", "--deliveries", "10", "--crash", "--rounds", "1000"], {
          cwd: home.path,
          env
        })
        yield* until(
          Effect.sync(() => selftest.output.stderr),
          (said) => said.includes("Round 1 ")
        )
        yield* selftest.kill("SIGTERM")
        expect(yield* selftest.ended).toEqual({ code: 130, signal: null })
        expect(yield* left).toEqual(["usher.yaml"])
      }).pipe(isolated),
    patience
  )
})

it.live(
  "sources that can't be signed for are left out and named; without any, one of its own takes their place",
  () =>
    Effect.gen(function* () {
      const { publicKey } = generateKeyPairSync("ed25519")
      const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32)
      const home = yield* folder(`
spots: { main: { secretKey: { env: SPOT_KEY } } }
sources:
  public-key:
    sender: standard-webhooks
    secrets: [{ env: PUBLIC_KEY }]
    spot: main
    invite: { live: live-1, member: { expr: email } }
`)
      const env = { SPOT_KEY: "key", PUBLIC_KEY: `whpk_${raw.toString("base64")}` }
      const { code, stdout } = yield* usher(["selftest", "--deliveries", "5"], {
        cwd: home.path,
        env
      })
      expect(stdout).toContain("public-key: its secret verifies, but can't sign")
      expect(stdout).toContain("usher-selftest (standard-webhooks)")
      expect(stdout).toContain("All 25 deliveries ended as exactly one invitation each.")
      expect(code).toBe(0)
    }).pipe(isolated),
  patience
)

it.live("a configuration that is wrong is told as by check, and nothing is started", () =>
  Effect.gen(function* () {
    const home = yield* folder(configuration(nowhere))
    const { code, stderr } = yield* usher(["selftest"], { cwd: home.path, env: {} })
    expect(stderr).toContain("spots.main.secretKey: the environment variable is missing or empty")
    expect(code).toBe(1)
  }).pipe(isolated)
)
