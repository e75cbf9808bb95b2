import { expect, it } from "@effect/vitest"
import { Effect, Random } from "effect"
import { SqlClient } from "effect/sql"
import { spawn } from "node:child_process"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { databaseFile, layerFile, layerPostgres, postgresDatabase } from "../databases.ts"
import { invited } from "./killing/said.ts"

/** `pnpm test:long` kills it more often. */
const kills = process.env["USHER_LONG"] === undefined ? 4 : 25

/** Every other worker is killed while it accepts, and every other once it invites. */
const [accepting, inviting] = [/\n/, new RegExp(`^${invited}\n`, "m")]

const worker = fileURLToPath(new URL("./killing/worker.ts", import.meta.url))

/** Runs a worker until a while after it has first said this, and kills it: what it had acknowledged. */
const runAndKill = (database: string, name: string, said: RegExp, after: number) =>
  Effect.callback<ReadonlyArray<string>>((resume) => {
    const child = spawn(process.execPath, [worker, database, name], {
      env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: join(tmpdir(), "usher-test-compile-cache") },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    let errors = ""
    let isDoomed = false
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (isDoomed || !said.test(output)) return
      isDoomed = true
      setTimeout(() => child.kill("SIGKILL"), after)
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text))
    child.once("close", (_, signal) =>
      resume(
        signal === "SIGKILL"
          ? // What was cut off in the middle of a line was not said.
            Effect.succeed(
              output
                .split("\n")
                .slice(0, -1)
                .filter((line) => line !== invited)
            )
          : Effect.die(new Error(`the worker ended by itself: ${errors}`))
      )
    )
    return Effect.sync(() => void child.kill("SIGKILL"))
  })

interface Stored {
  readonly delivery_id: string
  readonly body: Uint8Array
  readonly status: string
}

interface Sum {
  readonly name: string
  readonly sum: number
}

/** What was counted is what there is, in minutes and in hours. */
const checkCounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const sums = (rows: ReadonlyArray<Sum>) =>
    Object.fromEntries(rows.flatMap(({ name, sum }) => (Number(sum) === 0 ? [] : [[name, Number(sum)]])))
  const found = sums(
    yield* sql<Sum>`SELECT 'accepted' AS name, count(*) AS sum FROM webhooks
    UNION ALL SELECT 'mapped', count(*) FROM webhooks WHERE status = 'mapped'
    UNION ALL SELECT 'requested', count(*) FROM invitations
    UNION ALL SELECT 'invited', count(*) FROM invitations WHERE status = 'invited'`
  )
  for (const span of ["minute", "hour"]) {
    expect(
      sums(yield* sql<Sum>`SELECT name, sum(count) AS sum FROM counts WHERE span = ${span} GROUP BY name`)
    ).toEqual(found)
  }
})

/** Every acknowledged delivery is there once, nothing is half there. */
const check = Effect.fnUntraced(function* (acknowledged: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const stored = yield* sql<Stored>`SELECT delivery_id, body, status FROM webhooks`
  const bodies = new Map(stored.map(({ delivery_id, body }) => [delivery_id, new TextDecoder().decode(body)]))
  expect(bodies.size).toBe(stored.length)
  expect(acknowledged.filter((id) => !bodies.has(id))).toEqual([])
  expect([...bodies].filter(([id, body]) => JSON.parse(body).deliveryId !== id)).toEqual([])

  const half = yield* sql`SELECT id FROM webhooks WHERE (status = 'mapped') <>
    EXISTS (SELECT 1 FROM webhook_invitations WHERE webhook_id = webhooks.id)`
  expect(half).toEqual([])
  const unexplained = yield* sql`SELECT id FROM invitations WHERE (status = 'invited') <>
    EXISTS (SELECT 1 FROM attempt_invitations WHERE invitation_id = invitations.id)`
  expect(unexplained).toEqual([])
  const people = yield* sql`SELECT person FROM invitations GROUP BY person HAVING count(*) > 1`
  expect(people).toEqual([])
  yield* checkCounts
  return yield* sql<{
    status: string
    count: number
  }>`SELECT status, count(*) AS count FROM invitations GROUP BY status`
})

const killed = Effect.fnUntraced(function* (database: string) {
  const acknowledged: Array<string> = []
  for (let at = 0; at < kills; at++) {
    const after = yield* Random.nextIntBetween(0, 150)
    acknowledged.push(
      ...(yield* runAndKill(database, `run${at}`, at % 2 === 0 ? accepting : inviting, after))
    )
  }
  expect(acknowledged.length).toBeGreaterThan(kills * 10)
  return acknowledged
})

/** Far more than it needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 300_000

it.live(
  `killed ${kills} times under load, a relay on SQLite has everything that it acknowledged, once and whole`,
  () =>
    Effect.gen(function* () {
      const file = yield* databaseFile
      const acknowledged = yield* killed(file)
      yield* Effect.gen(function* () {
        const ended = yield* check(acknowledged)
        expect(ended.map(({ status }) => status)).toContain("invited")
        const sql = yield* SqlClient.SqlClient
        expect(yield* sql`PRAGMA integrity_check`).toEqual([{ integrity_check: "ok" }])
        expect(yield* sql`PRAGMA foreign_key_check`).toEqual([])
      }).pipe(Effect.provide(layerFile(file)))
    }),
  patience
)

it.live(
  `killed ${kills} times under load, a relay on Postgres has everything that it acknowledged, once and whole`,
  () =>
    Effect.gen(function* () {
      const url = yield* postgresDatabase
      const acknowledged = yield* killed(url)
      const ended = yield* Effect.provide(check(acknowledged), layerPostgres(url))
      expect(ended.map(({ status }) => status)).toContain("invited")
    }),
  patience
)
