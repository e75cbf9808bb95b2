/** What is left of a forgotten person: nothing in any answer, nor in the bytes on the disk. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Deferred, Effect, Fiber } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { TestConsole } from "effect/testing"
import { sign } from "@usher/signatures/testing"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { ask, bearer, onEach, relay, type Relay, tokens } from "../../admin/harness.ts"
import {
  configuration,
  deliver,
  folder,
  isolated,
  openDatabase,
  secrets,
  senders,
  until
} from "../../harness.ts"
import { postgres } from "../../postgres.ts"
import { usher } from "../../usher.ts"
import { bothWays, signUp } from "../harness.ts"

const victim = "Victim-Person@example.com"
const jumbo = "jumbo-victim-person@example.com"

const person = { payload: { person: victim } }

const compressed = gzipSync(`{"customer":"${victim}","pad":"${"0123456789".repeat(20)}"}`)

/** Signed as svix does, with a content type and headers of its own. */
const post = Effect.fnUntraced(function* (
  { url }: Relay,
  body: string | Uint8Array,
  options: {
    readonly type?: string
    readonly secret?: string
    readonly query?: string
    readonly headers?: Readonly<Record<string, string>>
  } = {}
) {
  const signed = yield* sign(senders.svix[0], {
    secret: options.secret ?? secrets.SVIX_SECRET,
    body,
    at: yield* DateTime.now,
    url: `${url}/webhooks/svix`
  })
  const response = yield* HttpClientRequest.post(signed.url + (options.query ?? "")).pipe(
    HttpClientRequest.setHeaders({ ...signed.headers, ...options.headers }),
    HttpClientRequest.bodyUint8Array(signed.body, options.type ?? "application/json"),
    HttpClient.execute
  )
  return response.status
})

/** Every spelling that the database may hold, in the bytes of a file. */
const spellings = [
  "victim-person@example.com",
  "victim-person%40example.com",
  "ictim-person\\u0040example.com",
  "\\u0076ictim",
  Buffer.from("victim-person@example.com").toString("base64").slice(4, -8).toLowerCase(),
  compressed.subarray(12, 60).toString("latin1").toLowerCase()
]

/** Those found in the file; an address that contains the person's is another one. */
const found = (bytes: Uint8Array): ReadonlyArray<string> => {
  const text = Buffer.from(bytes).toString("latin1").toLowerCase().replaceAll(jumbo, "")
  return spellings.filter((spelling) => text.includes(spelling))
}

const filesOf = (database: string) =>
  [database, `${database}-wal`, `${database}-shm`]
    .filter(existsSync)
    .flatMap((file) => found(readFileSync(file)))

/** The files of every table of the database, of its indexes and of its long values. */
const relationsOf = ({ sql }: Relay) =>
  Effect.gen(function* () {
    yield* sql`CHECKPOINT`
    const [folder] = yield* sql<{ path: string }>`SELECT current_setting('data_directory') AS path`
    const files = yield* sql<{ path: string | null }>`SELECT pg_relation_filepath(oid) AS path FROM pg_class
      WHERE relkind IN ('r', 'i', 't')`
    return files.flatMap(({ path }) =>
      path === null ? [] : found(readFileSync(join(folder?.path ?? "", path)))
    )
  })

/** The person in webhooks that are mapped and unmappable, and in quarantine, spelled in many ways; and somebody else. */
const fill = Effect.fnUntraced(function* (here: Relay) {
  yield* signUp(here, victim)
  yield* signUp(here, jumbo)
  const form = { type: "application/x-www-form-urlencoded" }
  const accepted = [
    yield* post(here, "data[address]=Victim-Person%40example.com&x=1", form),
    yield* post(here, String.raw`{"customer":"\u0076ictim-person\u0040example.com"}`),
    yield* post(here, JSON.stringify({ data: Buffer.from(victim.toLowerCase()).toString("base64") })),
    yield* post(here, compressed, { headers: { "content-encoding": "gzip" } }),
    yield* post(here, `{"customer":"${victim}","pad":"${"x".repeat(30_000)}"}`),
    yield* post(here, "{}", { headers: { "user-agent": victim } }),
    yield* post(here, `{"customer":"${jumbo}"}`)
  ]
  expect(accepted).toEqual(accepted.map(() => 202))
  const wrong = { secret: `whsec_${btoa("another secret")}` }
  const refused = [
    yield* post(here, "email=victim-person%40example.com", { ...form, ...wrong }),
    yield* post(here, "{}", { ...wrong, query: "?who=victim-person%40example.com" }),
    yield* post(here, "[]", { ...wrong, headers: { "x-user": victim } }),
    yield* post(here, compressed, { ...wrong, headers: { "content-encoding": "gzip" } }),
    yield* post(here, `{"email":"${jumbo}"}`, wrong)
  ]
  expect(refused).toEqual(refused.map(() => 401))
  yield* until(
    here.viewer.webhooks.search({ payload: { status: ["unmappable"] } }),
    ({ items }) => items.length === accepted.length
  )
})

describe("a person who is forgotten", () => {
  onEach("is gone from every kind of row, just as the plan said, and nobody else is", (here) =>
    Effect.gen(function* () {
      yield* fill(here)
      const plan = yield* here.operator.people.forgetPlan(person)
      expect(plan).toMatchObject({ invitations: 1, attempts: 1, webhooks: 7, unmappable: 6, quarantined: 4 })
      expect(yield* here.operator.people.forget(person)).toEqual(plan)
      const left = yield* here.operator.people.forgetPlan(person)
      expect(left).toMatchObject({ webhooks: 0, quarantined: 0, attempts: 0, waiting: 0 })
      expect((yield* here.viewer.quarantine.list({ query: {} })).items).toHaveLength(1)
      const others = yield* here.operator.people.forgetPlan({ payload: { person: jumbo } })
      expect(others).toMatchObject({ invitations: 1, webhooks: 2, quarantined: 1 })
      const { items } = yield* here.viewer.audit.list({ query: { what: "people.forget" } })
      expect(items).toMatchObject([
        {
          result:
            "done: 1 invitation, 1 attempt, 7 webhooks, 6 of them unmappable, 4 deliveries in quarantine"
        }
      ])
    })
  )

  it.live("is in no byte of the file or its log once the log is folded in, nor after usher compact", () =>
    Effect.gen(function* () {
      const here = yield* relay()
      yield* fill(here)
      const checkpoint = Effect.scoped(
        Effect.map(openDatabase(here.database), (database) => {
          database.exec("PRAGMA wal_checkpoint(TRUNCATE)")
        })
      )
      yield* checkpoint
      expect(new Set(filesOf(here.database))).toEqual(new Set(spellings))
      expect(yield* usher(["forget", victim, "--yes", "--config", here.file], here.env)).toMatchObject({
        code: 0
      })
      yield* checkpoint
      expect(filesOf(here.database)).toEqual([])

      const compact = (...args: ReadonlyArray<string>) =>
        usher(["compact", "--config", here.file, ...args], here.env)
      const asked = yield* compact()
      expect(asked).toMatchObject({ code: 2, stdout: "" })
      expect(asked.stderr).toMatch(/free pages.*of free disk space; .* are free\. Writes wait meanwhile/)
      const done = yield* compact("--yes", "--json")
      expect(done).toMatchObject({ code: 0 })
      const { before, after } = JSON.parse(done.stdout)
      expect(after).toBeLessThan(before)
      expect(filesOf(here.database)).toEqual([])
      expect((yield* deliver(here.url, "svix", { email: "new@example.com" }, { id: "new" })).status).toBe(202)
      const { items } = yield* here.viewer.audit.list({ query: { what: "database.compact" } })
      expect(items).toMatchObject([{ via: "cli", result: "done" }])
    }).pipe(Effect.provide(TestConsole.layer), isolated)
  )

  it.live(
    "is in no file of the database's tables after usher compact, which waits for open transactions, on Postgres",
    () =>
      Effect.gen(function* () {
        const here = yield* relay(yield* postgres)
        yield* fill(here)
        expect((yield* relationsOf(here)).length).toBeGreaterThan(0)
        expect(yield* usher(["forget", victim, "--yes", "--config", here.file], here.env)).toMatchObject({
          code: 0
        })
        const { sql } = here
        const waits = sql`SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%pg_snapshot_xmin%' AND pid <> pg_backend_pid()`
        const isOver = yield* Deferred.make<void>()
        const open = Effect.andThen(sql`SELECT CAST(pg_current_xact_id() AS TEXT)`, Deferred.await(isOver))
        const other = yield* Effect.forkScoped(sql.withTransaction(open))
        const compact = yield* Effect.forkScoped(usher(["compact", "--yes", "--config", here.file], here.env))
        yield* until(waits, (found) => found.length > 0)
        yield* Deferred.succeed(isOver, undefined)
        yield* Fiber.join(other)
        const done = yield* Fiber.join(compact)
        expect(done.stderr).toMatch(/^The relay's tables in .* use .*on the server\./)
        expect(done).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Compacted: /) })
        expect(yield* relationsOf(here)).toEqual([])
        expect((yield* deliver(here.url, "svix", { email: "new@example.com" }, { id: "new" })).status).toBe(
          202
        )
      }).pipe(Effect.provide(TestConsole.layer), isolated)
  )
})

describe("usher compact", () => {
  it.live("refuses while another process writes for long, and where no database is", () =>
    Effect.gen(function* () {
      const here = yield* relay()
      const compact = usher(["compact", "--yes", "--config", here.file], here.env)
      const locked = yield* Effect.scoped(
        Effect.gen(function* () {
          const database = yield* openDatabase(here.database)
          database.exec("BEGIN IMMEDIATE")
          return yield* compact
        })
      )
      expect(locked).toMatchObject({ code: 5, stdout: "" })
      expect(locked.stderr).toMatch(/The database can't be used: /)
      expect(yield* compact).toMatchObject({ code: 0 })
      const nowhere = yield* folder(configuration("http://127.0.0.1:9"))
      const missing = yield* usher(["compact", "--yes", "--config", nowhere.file], here.env)
      expect(missing).toMatchObject({
        code: 5,
        stdout: "",
        stderr: `${nowhere.database} does not exist. To create it: usher serve, or usher migrate`
      })
    }).pipe(Effect.provide(TestConsole.layer), isolated)
  )
})

describe("forgetting", () => {
  bothWays("refuses what is no whole address and no id, with a sentence and exit code 2", (run, here) =>
    Effect.gen(function* () {
      yield* signUp(here, victim)
      for (const text of [
        "@",
        "",
        "example.com",
        "@example.com",
        "victim-person",
        "3f0c7a52",
        "a@b.cd,c@d.ef"
      ]) {
        const ran = yield* run("forget", text, "--yes")
        expect(ran).toMatchObject({ code: 2, stdout: "" })
        expect(ran.stderr).toMatch(/^The text (?:is|names) .*\.$/)
        const { status, json } = yield* ask(`${here.url}/api/people/forget`, {
          method: "POST",
          headers: bearer(tokens.OPERATE_TOKEN),
          body: JSON.stringify({ person: text })
        })
        expect([status, json]).toMatchObject([400, { type: "urn:usher:problem:not-a-person" }])
      }
      const { items } = yield* here.viewer.invitations.search({ payload: {} })
      expect(items).toMatchObject([{ member: victim, status: "invited" }])
    })
  )

  bothWays("says what it would take and does nothing, or finds nothing", (run, here) =>
    Effect.gen(function* () {
      yield* signUp(here, victim)
      expect(yield* run("forget", victim, "--plan")).toMatchObject({
        code: 0,
        stdout: expect.stringContaining(`${victim}: 1 invitation, 1 attempt, 1 webhook.`)
      })
      expect(JSON.parse((yield* run("forget", victim, "--plan", "--json")).stdout)).toMatchObject({
        webhooks: 1
      })
      const { items } = yield* here.viewer.invitations.search({ payload: {} })
      expect(items).toMatchObject([{ member: victim }])
      expect(yield* run("forget", "nobody@example.com", "--yes")).toMatchObject({
        code: 3,
        stderr: "Nothing is stored about nobody@example.com."
      })
    })
  )

  bothWays("a second time finds nothing, and the answers say that the person was forgotten", (run, here) =>
    Effect.gen(function* () {
      yield* signUp(here, victim)
      expect(yield* run("forget", victim, "--yes")).toMatchObject({ code: 0 })
      const nothing =
        /^Nothing is stored about Victim-Person@example\.com: they were forgotten on [\d-]{10}\.$/
      for (const how of ["--yes", "--plan"]) {
        const again = yield* run("forget", victim, how)
        expect(again).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(nothing) })
      }
      const planned = yield* run("forget", victim, "--plan", "--json")
      expect(planned.code).toBe(3)
      expect(JSON.parse(planned.stdout)).toMatchObject({ invitations: 0, forgottenAt: expect.any(String) })
      const { answers } = yield* here.viewer.people.why(person)
      expect(answers).toMatchObject([
        {
          verdict: "forgotten",
          text: expect.stringMatching(
            /^The person was forgotten on [\d-]{10}\. They had been invited to the Live .+ before\.$/
          )
        }
      ])
      expect((yield* deliver(here.url, "svix", { email: victim }, { id: "again" })).status).toBe(202)
      expect(yield* run("forget", victim, "--plan")).toMatchObject({ code: 0 })
    })
  )

  it.live("is the right of operators alone, the plan too", () =>
    Effect.gen(function* () {
      const { viewer } = yield* relay()
      expect(yield* Effect.flip(viewer.people.forgetPlan(person))).toMatchObject({ _tag: "Forbidden" })
      expect(yield* Effect.flip(viewer.people.forget(person))).toMatchObject({ _tag: "Forbidden" })
    }).pipe(isolated)
  )
})
