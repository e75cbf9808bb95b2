import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { DatabaseSync } from "node:sqlite"
import * as Schema from "../../../src/database/Schema.ts"
import { configuration, folder, isolated, sandbox, secrets } from "../../harness.ts"
import { usher } from "../../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

/** What `usher check --json` says of the configuration, and how it ends. */
const check = Effect.fnUntraced(function* (
  home: { readonly path: string },
  options: ReadonlyArray<string> = [],
  env: Readonly<Record<string, string>> = secrets
) {
  const { code, stdout } = yield* usher(["check", "--json", ...options], { cwd: home.path, env })
  return { code, ...JSON.parse(stdout) }
})

const withDatabase = (url: string) =>
  folder(configuration("http://127.0.0.1:9").replace("sqlite:./usher.db", url))

describe("usher check looks at the database", () => {
  it.live(
    "that is not there yet, and makes none",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(configuration("http://127.0.0.1:9"))
        expect(yield* check(home)).toMatchObject({
          code: 0,
          ok: true,
          database: { name: home.database, status: "new", pending: Schema.migrations }
        })
        expect(existsSync(home.database)).toBe(false)
      }).pipe(isolated),
    patience
  )

  it.live(
    "that waits for a migration, and runs none",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(configuration("http://127.0.0.1:9"))
        yield* usher(["migrate"], { cwd: home.path, env: secrets })
        expect((yield* check(home)).database).toMatchObject({ status: "up to date", pending: [] })
        const file = new DatabaseSync(home.database)
        file.exec("DELETE FROM usher_migrations WHERE migration_id > 1; DROP TABLE usher_admin_migrations")
        file.close()
        const behind = { code: 0, database: { status: "behind", pending: Schema.migrations.slice(1) } }
        expect(yield* check(home)).toMatchObject(behind)
        expect(yield* check(home)).toMatchObject(behind)
      }).pipe(isolated),
    patience
  )

  it.live(
    "that a later version has changed, and refuses it",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(configuration("http://127.0.0.1:9"))
        yield* usher(["migrate"], { cwd: home.path, env: secrets })
        const file = new DatabaseSync(home.database)
        file.exec("INSERT INTO usher_migrations (migration_id, name) VALUES (9999, 'of_the_future')")
        file.close()
        expect(yield* check(home)).toMatchObject({
          code: 1,
          valid: true,
          ok: false,
          database: { status: "unusable", detail: expect.stringContaining("a later version") }
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "that can't be reached, and says why",
    () =>
      Effect.gen(function* () {
        const home = yield* withDatabase("postgres://usher@127.0.0.1:9/usher")
        expect(yield* check(home)).toMatchObject({
          code: 1,
          database: { status: "unusable", detail: expect.stringContaining("can't be used: ") }
        })
      }).pipe(isolated),
    patience
  )
})

describe("usher check --online", () => {
  const withLives = (url: string) => configuration(url).replaceAll(/live: live-\w+/g, "live: { expr: live }")

  it.live(
    "says whether MeltingSpot takes the key",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const home = yield* folder(withLives(url))
        const asked = yield* check(home, ["--online"])
        expect(asked).toMatchObject({
          code: 0,
          spots: [{ name: "main", upstream: { status: "key accepted" } }]
        })
        const refused = yield* check(home, ["--online"], { ...secrets, SPOT_KEY: "another-key" })
        expect(refused).toMatchObject({
          code: 1,
          ok: false,
          spots: [{ upstream: { status: "key refused" } }]
        })
        expect(JSON.stringify(refused)).not.toContain("another-key")
      }).pipe(isolated),
    patience
  )

  it.live(
    "says that it can't be reached",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(withLives("http://127.0.0.1:9"))
        expect(yield* check(home, ["--online"])).toMatchObject({
          code: 1,
          spots: [
            { upstream: { status: "unavailable", detail: expect.stringContaining("can't be reached") } }
          ]
        })
      }).pipe(isolated),
    patience
  )
})

describe("usher check tries each expression on a sample of its sender", () => {
  const withRules = (rules: string) =>
    folder(
      configuration("http://127.0.0.1:9").replace(
        "invite: { live: live-svix, member: { expr: email } }",
        rules
      )
    )

  it.live(
    "and refuses one that can't run, with its place",
    () =>
      Effect.gen(function* () {
        const home = yield* withRules(`invite: { live: live-svix, member: { expr: email } }
    when: { expr: "($f := function($n) { 1 + $f($n + 1) }; $f(0))" }`)
        expect(yield* check(home)).toMatchObject({
          code: 1,
          valid: false,
          errors: [
            {
              path: "sources.svix.when",
              line: expect.any(Number),
              reason: expect.stringMatching(/fails: D1011 Stack overflow.*, on a sample of svix$/)
            }
          ]
        })
        const slow = yield* withRules(
          'invite: { live: live-svix, member: { expr: \'$match($pad("", 40, "a") & "!", /^(a+)+$/)\' } }'
        )
        expect(yield* check(slow)).toMatchObject({
          code: 1,
          errors: [
            { path: "sources.svix.invite.member", reason: expect.stringContaining("takes more than 100 ms") }
          ]
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "and only mentions one that fails on the sample, and takes a long one",
    () =>
      Effect.gen(function* () {
        const filter = Array.from({ length: 200 }, (_, n) => `domain = 'd${n}.com'`).join(" or ")
        const home = yield* withRules(`invite: { live: live-svix, member: { expr: $number(email) } }
    when: { expr: "${filter}" }`)
        const { code, valid, notices } = yield* check(home)
        expect({ code, valid, notices }).toEqual({
          code: 0,
          valid: true,
          notices: [
            {
              source: "svix",
              field: "member",
              reason: expect.stringMatching(/^\$number\(email\) fails: D3030/)
            }
          ]
        })
        expect(JSON.stringify(notices)).not.toContain("sam@example.com")
      }).pipe(isolated),
    patience
  )
})

describe("usher check says which events are sign-ups", () => {
  it.live(
    "of each source",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(
          configuration("http://127.0.0.1:9").replace(
            "invite: { live: live-svix, member: { expr: email } }",
            "invite: { live: live-svix, member: { expr: email } }\n    events: { name: { json: type }, signUps: [user.created, user.invited] }"
          )
        )
        const { sources } = yield* check(home)
        expect(sources).toContainEqual(
          expect.objectContaining({ name: "svix", events: ["user.created", "user.invited"] })
        )
        expect(sources).toContainEqual(expect.objectContaining({ name: "token", events: "all" }))
        const { stdout } = yield* usher(["check"], { cwd: home.path, env: secrets })
        expect(stdout).toMatch(/receives svix for the Spot main; sign-ups: user\.created, user\.invited\n/)
        expect(stdout).toMatch(/receives token for the Spot main; sign-ups: all events; no delivery id/)
      }).pipe(isolated),
    patience
  )
})

it.live(
  "usher check warns of senders that sign by a plain hash, and of no other",
  () =>
    Effect.gen(function* () {
      const sources = `
  crm: { sender: hubspot, secrets: [{ env: SVIX_SECRET }], spot: main, invite: { live: live-1 } }
  old: { sender: hubspot-v1, secrets: [{ env: SVIX_SECRET }], spot: main, invite: { live: live-1 } }
  own:
    sender: custom
    verify: { scheme: hash, header: x-acme, parts: [secret, body] }
    secrets: [{ env: SVIX_SECRET }]
    spot: main
    invite: { live: live-1, member: { expr: email } }
`
      const home = yield* folder(
        configuration("http://127.0.0.1:9").replace(/^sources:\n/m, (line) => `${line}${sources.slice(1)}`)
      )
      const { warnings } = yield* check(home)
      expect(
        warnings.filter(({ rule }: { readonly rule: string }) => rule === "forgeable-signature")
      ).toMatchObject([
        {
          path: "sources.old",
          reason: expect.stringMatching(/^HubSpot's signature v1 is a plain hash.* use the sender hubspot\.$/)
        },
        { path: "sources.own", reason: expect.stringMatching(/^The signature is a plain hash/) }
      ])
    }).pipe(isolated),
  patience
)
