import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { Cookies } from "effect/http"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Access } from "@usher/admin"
import * as AuditChain from "@usher/admin/AuditChain"
import { SqliteClient } from "@usher/sqlite"
import * as AuditLog from "@usher/admin/AuditLog"
import {
  digestWith,
  withoutAddresses,
  withoutPeople
} from "../../../../packages/admin/src/internal/server/auditText.ts"
import * as Schema from "../../src/database/Schema.ts"
import { isolated } from "../harness.ts"
import { usher } from "../inProcess.ts"
import { migratedPostgres } from "../postgres.ts"
import { ask, bearer, onEach, relay, type Relay, tokens } from "./harness.ts"

const ops = { name: "ops", via: "token", ip: "192.0.2.1" } as const

/** A log on a database of its own, and the time in the test's hands. */
const layerLog = Layer.effectDiscard(Schema.migrate).pipe(
  Layer.provideMerge(AuditLog.layer()),
  Layer.provideMerge(Layer.merge(SecureRandom.layerWebCrypto, SqliteClient.layer({ filename: ":memory:" })))
)

const onLog = <A, E>(test: Effect.Effect<A, E, AuditLog.AuditLog | SqlClient.SqlClient>) =>
  Effect.provide(test, Layer.fresh(layerLog))

/** Five entries, of which the last two are an act and its result. */
const filled = Effect.gen(function* () {
  const log = yield* AuditLog.AuditLog
  for (const name of ["a", "b", "c"]) yield* log.record(ops, "spots.pause", { name }, "done")
  const caller = { ...ops, id: "1", scope: "operate", isStillAllowed: Effect.succeed(true) } as const
  yield* log
    .around("spots.resume", { name: "d" })(Effect.succeed(7), (count) => `${count}`)
    .pipe(Effect.provideService(Access.Caller, caller))
  return log
})

describe("the audit log", () => {
  it.effect("records an act when it begins and its result after it, and changes no entry", () =>
    Effect.gen(function* () {
      const log = yield* AuditLog.AuditLog
      const sql = yield* SqlClient.SqlClient
      const caller = { ...ops, id: "1", scope: "operate", isStillAllowed: Effect.succeed(true) } as const
      const end = yield* log
        .begin("upkeep.purge", { before: DateTime.makeUnsafe(0) })
        .pipe(Effect.provideService(Access.Caller, caller))
      const [begun] = yield* sql<{ hash: string }>`SELECT * FROM audit_log`
      expect(begun).toMatchObject({ number: 1, kind: "begun", result: "begun", prev: AuditChain.genesis })
      expect(yield* log.list({ limit: 5 })).toMatchObject([{ result: "begun", endedAt: null }])
      yield* TestClock.adjust("1 second")
      yield* end("done: 12")
      const rows = yield* sql`SELECT * FROM audit_log ORDER BY number`
      expect(rows).toMatchObject([
        begun,
        { number: 2, kind: "result", result: "done: 12", prev: begun?.hash, via: "token", ip: "192.0.2.1" }
      ])
      expect(yield* log.list({ limit: 5 })).toMatchObject([
        {
          number: 1,
          who: "ops",
          via: "token",
          ip: "192.0.2.1",
          what: "upkeep.purge",
          parameters: { before: "1970-01-01T00:00:00.000Z" },
          result: "done: 12",
          at: DateTime.makeUnsafe(0),
          endedAt: DateTime.makeUnsafe(1_000)
        }
      ])
    }).pipe(onLog)
  )

  it.effect("is proved whole by its chain, from the first entry to the last", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const sql = yield* SqlClient.SqlClient
      const [last] = yield* sql<{ hash: string }>`SELECT hash FROM audit_log ORDER BY number DESC LIMIT 1`
      expect(yield* log.verify).toEqual({
        isIntact: true,
        entries: 5,
        from: 1,
        head: { number: 5, hash: last?.hash },
        fault: null
      })
    }).pipe(onLog)
  )

  it.effect("that is empty is whole", () =>
    Effect.gen(function* () {
      const log = yield* AuditLog.AuditLog
      expect(yield* log.verify).toEqual({ isIntact: true, entries: 0, from: null, head: null, fault: null })
    }).pipe(onLog)
  )

  const column = (name: string) => `UPDATE audit_log SET ${name} = ${name} || 'x' WHERE number = 3`
  const columns = ["id", "act", "kind", "who", "via", "ip", "what", "parameters", "result", "hash"]

  /** What somebody who writes to the database does to it, and where it is noticed. */
  const tampering: ReadonlyArray<readonly [what: string, sql: string, number: number, reason: string]> = [
    ...columns.map((name) => [`${name} edited`, column(name), 3, "edited"] as const),
    ["its time edited", "UPDATE audit_log SET at = at + 1 WHERE number = 3", 3, "edited"],
    ["its link edited", column("prev"), 3, "edited"],
    ["an entry removed", "DELETE FROM audit_log WHERE number = 2", 2, "missing"],
    ["the first entry removed", "DELETE FROM audit_log WHERE number = 1", 1, "missing"],
    ["the last entry removed", "DELETE FROM audit_log WHERE number = 5", 5, "truncated"],
    ["all entries removed", "DELETE FROM audit_log", 1, "truncated"],
    ["the head removed", "DELETE FROM audit_head", 5, "unlinked"],
    [
      "two entries exchanged",
      "UPDATE audit_log SET number = 99 WHERE number = 2; UPDATE audit_log SET number = 2 WHERE number = 3; UPDATE audit_log SET number = 3 WHERE number = 99",
      2,
      "edited"
    ]
  ]

  it.effect.each(tampering)("with %s is found", ([, statements, number, reason]) =>
    Effect.gen(function* () {
      const log = yield* filled
      const sql = yield* SqlClient.SqlClient
      for (const statement of statements.split("; ")) yield* sql.unsafe(statement)
      const found = yield* log.verify
      expect(found).toMatchObject({ isIntact: false, fault: { number, reason } })
    }).pipe(onLog)
  )

  it.effect("with an entry that was edited together with its hash no longer fits the next one", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const sql = yield* SqlClient.SqlClient
      const [row] = yield* sql<AuditChain.Entry & { prev: string }>`SELECT * FROM audit_log WHERE number = 3`
      if (row === undefined) return yield* Effect.die("no entry")
      const hash = AuditChain.hash({ ...row, who: "somebody else" }, row.prev)
      yield* sql`UPDATE audit_log SET who = 'somebody else', hash = ${hash} WHERE number = 3`
      expect(yield* log.verify).toMatchObject({ fault: { number: 4, reason: "unlinked" } })
    }).pipe(onLog)
  )

  it.effect("keeps what is young, and proves the rest from the checkpoint that retention left", () =>
    Effect.gen(function* () {
      const log = yield* filled
      const sql = yield* SqlClient.SqlClient
      const keep = Duration.days(30)
      yield* TestClock.adjust("30 days")
      yield* log.record(ops, "spots.pause", { name: "young" }, "done")
      expect(yield* log.trim(keep)).toBe(0)
      yield* TestClock.adjust("25 hours")
      expect(yield* log.trim(keep)).toBe(5)
      expect(yield* log.trim(keep)).toBe(0)
      expect(yield* log.list({ limit: 5 })).toMatchObject([
        { number: 7, who: "retention", via: "config", what: "audit.trim" },
        { number: 6, parameters: { name: "young" } }
      ])
      expect(yield* log.verify).toMatchObject({ isIntact: true, entries: 2, from: 6, head: { number: 7 } })
      yield* sql`DELETE FROM audit_log WHERE number = 6`
      expect(yield* log.verify).toMatchObject({ fault: { number: 6, reason: "missing" } })
    }).pipe(onLog)
  )

  it.effect("whose entries are all old keeps the checkpoint alone", () =>
    Effect.gen(function* () {
      const log = yield* filled
      yield* TestClock.adjust("32 days")
      expect(yield* log.trim(Duration.days(30))).toBe(5)
      expect(yield* log.verify).toMatchObject({ isIntact: true, entries: 1, from: 6 })
      yield* TestClock.adjust("32 days")
      expect(yield* log.trim(Duration.days(30))).toBe(1)
      expect(yield* log.verify).toMatchObject({ isIntact: true, entries: 1, from: 7 })
    }).pipe(onLog)
  )
})

describe("people in the audit log", () => {
  const digest = digestWith(Buffer.from("a key of 32 bytes for this test!").toString("base64"))
  const alice = digest("alice@example.com")

  it("are digests of this database's key, the same for each spelling of an address", () => {
    expect(alice).toMatch(/^person:[\w-]{22}$/)
    expect(digest("ALICE@Example.com")).toBe(alice)
    expect(digestWith(Buffer.from("another key").toString("base64"))("alice@example.com")).not.toBe(alice)
  })

  it.each([
    ["alice@example.com", alice],
    ["pause for alice@example.com.", `pause for ${alice}.`],
    ["<alice@example.com>, please", `<${alice}>, please`],
    ["mailto:alice@example.com", `mailto:${alice}`],
    ["no address @ all, nor @here or there@", "no address @ all, nor @here or there@"]
  ])("stand in no text: %s", (text, kept) => {
    expect(withoutAddresses(text, digest)).toBe(kept)
  })

  it("stand nowhere else: nested, in lists, as member ids, in what is too long", () => {
    const filter = { person: "member-17", ids: ["inv_1"], status: undefined }
    expect(withoutPeople({ filter, members: ["member-17"], reason: "x".repeat(600) }, digest)).toEqual({
      filter: { person: digest("member-17"), ids: ["inv_1"] },
      members: [digest("member-17")],
      reason: `${"x".repeat(500)}…`
    })
    const many = withoutPeople(
      Array.from({ length: 103 }, (_, index) => index),
      digest
    )
    expect(many).toHaveLength(101)
    expect(many).toContain("… 3 more")
  })
})

describe("the actor of an entry", () => {
  const signIn = Effect.fnUntraced(function* (url: string, token: string) {
    const answer = yield* ask(`${url}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token })
    })
    const value = Option.getOrUndefined(Cookies.getValue(answer.cookies, "usher_session"))
    return { status: answer.status, cookie: { cookie: `usher_session=${value}`, [Access.csrfHeader]: "1" } }
  })

  onEach("is in the log with the way in and the IP address: sign-ins, failures, sign-outs", (relay) =>
    Effect.gen(function* () {
      const { url, viewer } = relay
      expect((yield* signIn(url, "guess")).status).toBe(401)
      expect((yield* ask(`${url}/api/stats`, { headers: bearer("wrong") })).status).toBe(401)
      const { cookie } = yield* signIn(url, tokens.READ_TOKEN)
      expect((yield* ask(`${url}/api/reload`, { method: "POST", headers: cookie })).status).toBe(403)
      expect((yield* ask(`${url}/api/session`, { method: "DELETE", headers: cookie })).status).toBe(204)
      const { items } = yield* viewer.audit.list({ query: {} })
      const seen = items.map(({ who, via, ip, what, parameters, result }) => [
        what,
        who,
        via,
        ip,
        parameters,
        result
      ])
      expect(seen).toEqual([
        ["session.signOut", "viewer", "session", "127.0.0.1", {}, "done"],
        ["access", "viewer", "session", "127.0.0.1", { reason: "scope" }, "refused"],
        ["session.signIn", "viewer", "token", "127.0.0.1", {}, "done"],
        ["access", "unknown", "token", "127.0.0.1", { reason: "unknown" }, "refused"],
        ["session.signIn", "unknown", "token", "127.0.0.1", { reason: "unknown" }, "refused"]
      ])
      const { text } = yield* ask(`${url}/metrics`)
      expect(text).toContain('usher_admin_sign_ins_total{result="unknown"}')
      expect(text).toContain('usher_admin_sign_ins_total{result="accepted"}')
      expect(text).toContain('usher_admin_refused_total{via="token",reason="unknown"}')
      expect(text).toContain('usher_admin_refused_total{via="session",reason="scope"}')
      expect(text).not.toMatch(/usher_admin.*127\.0\.0\.1/)
    })
  )

  it.live("and fails without end fills the log with no more than five entries a minute", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay()
      yield* Effect.replicateEffect(signIn(url, "guess"), 40)
      expect((yield* viewer.audit.list({ query: { what: "session.signIn" } })).items).toHaveLength(5)
    }).pipe(isolated)
  )

  it.live("and fails from everywhere fills the log with no more than 30 entries at once", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay(
        undefined,
        {},
        { server: "{ port: 0, trustedProxies: [127.0.0.1] }" }
      )
      yield* Effect.forEach(
        Array.from({ length: 45 }, (_, index) => `203.0.113.${index}`),
        (client) =>
          ask(`${url}/api/session`, {
            method: "POST",
            headers: { "content-type": "application/json", "x-forwarded-for": client },
            body: JSON.stringify({ token: "guess" })
          }),
        { concurrency: 5 }
      )
      const { items } = yield* viewer.audit.list({ query: { what: "session.signIn" } })
      expect(items.length).toBeGreaterThanOrEqual(30)
      // Six more a minute: within ten seconds, one.
      expect(items.length).toBeLessThanOrEqual(31)
    }).pipe(isolated)
  )

  it.live("and who looks at a person or a body, where the file asks for it", () =>
    Effect.gen(function* () {
      const reading = `
admin:
  tokens: [{ env: READ_TOKEN, name: viewer }]
  audit: { reads: true }
`
      const { viewer } = yield* relay(undefined, {}, { admin: reading })
      yield* viewer.people.why({ payload: { person: "alice@example.com" } })
      yield* viewer.webhooks.search({ payload: { person: "alice@example.com" } })
      yield* viewer.invitations.search({ payload: {} })
      yield* Effect.flip(viewer.webhooks.get({ params: { id: "wh_1" } }))
      const { items } = yield* viewer.audit.list({ query: {} })
      expect(items.map(({ what }) => what)).toEqual(["webhooks.get", "webhooks.search", "people.why"])
      expect(items[1]?.parameters).toEqual(items[2]?.parameters)
      expect(JSON.stringify(items)).not.toContain("alice")
    }).pipe(isolated)
  )
})

describe("several writers", () => {
  const pause = ({ operator }: Relay) =>
    operator.spots.pause({ params: { name: "main" }, payload: { reason: "together" } })

  it.live("of one Postgres make one chain", () =>
    Effect.gen(function* () {
      const database = yield* migratedPostgres
      const one = yield* relay(database)
      const two = yield* relay(database)
      yield* Effect.all(
        [one, two, one, two].map((relay) => Effect.replicateEffect(pause(relay), 10)),
        {
          concurrency: "unbounded"
        }
      )
      expect(yield* one.viewer.audit.verify()).toMatchObject({ isIntact: true, entries: 80, from: 1 })
    }).pipe(isolated)
  )

  it.live("of one SQLite file, the command line beside the relay, make one chain, and see it broken", () =>
    Effect.gen(function* () {
      const here = yield* relay()
      const run = (...args: ReadonlyArray<string>) => usher(args, { cwd: here.home.path, env: here.env })
      const [codes] = yield* Effect.all(
        [
          Effect.forEach(["a", "b", "c"], (name) =>
            Effect.map(run("tokens", "create", "--name", name), ({ code }) => code)
          ),
          Effect.replicateEffect(Effect.delay(pause(here), "20 millis"), 40)
        ],
        { concurrency: "unbounded" }
      )
      expect(codes).toEqual([0, 0, 0])
      const whole = yield* run("audit", "verify")
      expect(whole).toMatchObject({ code: 0, stderr: "" })
      expect(whole.stdout).toMatch(/^The audit log is intact: 86 entries, the first with number 1\./)
      yield* here.sql`UPDATE audit_log SET who = 'nobody' WHERE number = 4`
      const broken = yield* run("audit", "verify")
      expect(broken.code).toBe(1)
      expect(broken.stderr).toContain("Entry 4 was edited")
      expect(JSON.parse((yield* run("audit", "verify", "--json")).stdout)).toMatchObject({
        isIntact: false,
        fault: { number: 4, reason: "edited" }
      })
    }).pipe(isolated)
  )
})
