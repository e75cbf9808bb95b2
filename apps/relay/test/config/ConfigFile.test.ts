import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, FileSystem } from "effect"
import { format } from "../../src/config/Problem.ts"
import { SpotConfig } from "../../src/config/SpotConfig.ts"
import { configuration, folder, isolated, load, secrets } from "../harness.ts"

/** What is wrong with this file, one sentence each. */
const problems = Effect.fnUntraced(function* (text: string, env?: Readonly<Record<string, string>>) {
  const { file } = yield* folder(text)
  const error = yield* Effect.flip(load(file, env))
  expect(error.message.split("\n").length).toBe(error.problems.length + 1)
  expect(error.message).toContain(file)
  return error.problems.map(({ path, reason }) => format({ path, reason }))
})

const keysOf = ({ fields }: { readonly fields: object }) => Object.keys(fields).join(", ")

const spots = "spots: { main: { secretKey: { env: SPOT_KEY } } }"
const invite = "invite: { live: live-1, member: { expr: email } }"

/** A file with one source, whose lines these are. */
const source = (...lines: ReadonlyArray<string>) =>
  [spots, "sources:", "  form:", ...lines.map((line) => `    ${line}`)].join("\n")

describe("a file that is right", () => {
  it.effect("is resolved, with its defaults and its secrets", () =>
    Effect.gen(function* () {
      const home = yield* folder(configuration("http://127.0.0.1:9"))
      const config = yield* load(home.file)
      expect(config).toMatchObject({
        host: "127.0.0.1",
        port: 0,
        database: { kind: "sqlite", file: home.database }
      })
      expect([...config.relay.sources.keys()]).toEqual(["standard", "svix", "typeform", "token", "hmac"])
      expect(config.relay.spots.get("main")).toMatchObject({ baseUrl: "http://127.0.0.1:9" })
      expect(JSON.stringify([...config.relay.spots])).not.toContain(secrets.SPOT_KEY)
    }).pipe(isolated)
  )

  it.effect("says how long data is kept, by default as before, and retention takes precedence", () =>
    Effect.gen(function* () {
      const text = configuration("http://127.0.0.1:9")
      const kept = (more: string) => Effect.flatMap(folder(`${text}\n${more}`), ({ file }) => load(file))
      const { retention } = yield* kept("")
      expect(retention).toEqual({
        bodies: Duration.infinity,
        invitations: Duration.infinity,
        quarantine: Duration.days(14),
        audit: Duration.days(400)
      })
      const former = "quarantine: { age: 3 days }\nadmin: { audit: { keep: 5 days } }"
      expect(yield* kept(former)).toMatchObject({
        quarantine: { age: Duration.days(3) },
        admin: { audit: { keep: Duration.days(5) } }
      })
      const all = "retention: { bodies: 9 days, invitations: 8 days, quarantine: 7 days, audit: 6 days }"
      expect(yield* kept(`${former}\n${all}`)).toMatchObject({
        quarantine: { age: Duration.days(7) },
        admin: { audit: { keep: Duration.days(6) } },
        retention: { bodies: Duration.days(9), invitations: Duration.days(8) }
      })
    }).pipe(isolated)
  )

  it.effect("may be JSON", () =>
    Effect.gen(function* () {
      const { file, path } = yield* folder(
        JSON.stringify({ spots: { main: { secretKey: { env: "SPOT_KEY" } } }, sources: {} }, null, 2)
      )
      expect(yield* load(file)).toMatchObject({
        port: 8787,
        database: { kind: "sqlite", file: `${path}/data/usher.db` }
      })
    }).pipe(isolated)
  )

  it.effect("may name files that hold the secrets, with or without a newline at the end", () =>
    Effect.gen(function* () {
      const home = yield* folder(
        source("sender: typeform", "secrets: [{ file: secret }]", "spot: main", invite)
      )
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${home.path}/secret`, "typeform-secret\n")
      expect((yield* load(home.file)).relay.sources.has("form")).toBe(true)
    }).pipe(isolated)
  )
})

describe("a source's deadline", () => {
  it.effect.each([
    ["2 hours", Duration.hours(2)],
    ['"2026-12-01T18:00:00Z"', DateTime.makeUnsafe("2026-12-01T18:00:00Z")],
    ['"2026-12-01T18:00:00+02:00"', DateTime.makeUnsafe("2026-12-01T16:00:00Z")],
    ["{ before: start }", { before: "start" }]
  ] as const)("may be %s", ([expires, expected]) =>
    Effect.gen(function* () {
      const secret = "secrets: [{ env: TYPEFORM_SECRET }]"
      const home = yield* folder(
        source(
          "sender: typeform",
          secret,
          "spot: main",
          invite,
          `expires: ${expires}`,
          "reinviteAfter: 30 days"
        )
      )
      const form = (yield* load(home.file)).relay.sources.get("form")
      expect(form?.expires).toEqual(expected)
      expect(form?.reinviteAfter).toEqual(Duration.days(30))
    }).pipe(isolated)
  )

  it.effect.each(["tomorrow", "{ before: end }", "{ after: start }", "[2 hours]"])(
    "may not be %s",
    (expires) =>
      Effect.gen(function* () {
        const secret = "secrets: [{ env: TYPEFORM_SECRET }]"
        const wrong = [`expires: ${expires}`, "reinviteAfter: now and then"]
        expect(yield* problems(source("sender: typeform", secret, "spot: main", invite, ...wrong))).toEqual([
          expect.stringContaining(
            'sources.form.expires: Expected a time with its zone, such as "2026-12-01T18:00:00Z" or "2026-12-01T18:00:00+02:00", a duration, such as "2 hours", or { before: start }'
          ),
          'sources.form.reinviteAfter: Expected a duration above zero, such as "30 seconds" or "2 hours"'
        ])
      }).pipe(isolated)
  )
})

describe("a time in the file", () => {
  it.effect.each(["2026-12-01T18:00:00", "2026-12-01 18:00", "2026-12-01", "Dec 1 2026"])(
    "is refused without its zone: %s",
    (time) =>
      Effect.gen(function* () {
        const secret = `secrets: [{ env: TYPEFORM_SECRET, expiresAt: "${time}" }]`
        const found = yield* problems(
          source("sender: typeform", secret, "spot: main", invite, `expires: "${time}"`)
        )
        expect(found).toHaveLength(2)
        for (const problem of found) {
          expect(problem).toMatch(
            /(?:expiresAt|expires): Expected a time with its zone, such as "2026-12-01T18/
          )
        }
      }).pipe(isolated)
  )
})

describe("a source's window for retries without an id", () => {
  it.effect.each([
    ["the source's own", "sender: typeform", ["dedupe: { window: 2 hours }"], Duration.hours(2)],
    ["as long as its sender retries", "sender: typeform", [], Duration.hours(10)],
    ["a day otherwise", "sender: zapier", [], Duration.hours(24)]
  ] as const)("is %s", ([, sender, more, expected]) =>
    Effect.gen(function* () {
      const secret = "secrets: [{ env: TYPEFORM_SECRET }]"
      const home = yield* folder(source(sender, secret, "spot: main", invite, ...more))
      expect((yield* load(home.file)).relay.sources.get("form")?.dedupeWindow).toEqual(expected)
    }).pipe(isolated)
  )

  it.effect("is refused when it is no length", () =>
    Effect.gen(function* () {
      const secret = "secrets: [{ env: TYPEFORM_SECRET }]"
      const wrong = "dedupe: { window: always }"
      expect(yield* problems(source("sender: typeform", secret, "spot: main", invite, wrong))).toEqual([
        'sources.form.dedupe.window: Expected a duration above zero, such as "30 seconds" or "2 hours"'
      ])
    }).pipe(isolated)
  )
})

describe("a file that is wrong", () => {
  it.effect("in its shape is told all of it at once, each with its path and what was meant", () =>
    Effect.gen(function* () {
      const found = yield* problems(`
server: { port: 99999, hosst: 127.0.0.1 }
database: mysql://x
spots:
  main: { secretKey: the-secret-itself, baseurl: "http://x", zzz: 1 }
sources:
  form:
    sender: typeform
    secret: [{ env: TYPEFORM_SECRET }]
    invite: { live: live-1, member: email }
`)
      expect(found.toSorted()).toEqual([
        "database: Expected postgres://user@host/database, sqlite:path, or { url, password, ca }",
        "server.hosst: unknown key; did you mean host?",
        "server.port: Expected a value between 0 and 65535",
        "sources.form.invite.member: Expected { expr: … }, not text",
        "sources.form.secret: unknown key; did you mean secrets?",
        "sources.form.spot: missing: the name of the Spot to invite with",
        "spots.main.baseurl: unknown key; did you mean baseUrl?",
        "spots.main.secretKey: Expected { env: NAME } or { file: PATH }, not text",
        `spots.main.zzz: unknown key; known are ${keysOf(SpotConfig)}`
      ])
    }).pipe(isolated)
  )

  it.effect("in what it refers to is told all of it at once, too", () =>
    Effect.gen(function* () {
      const found = yield* problems(
        `
${spots}
sources:
  one: { sender: typefrom, spot: main, secrets: [{ env: TYPEFORM_SECRET }], invite: { live: live-1 } }
  two: { sender: svix, spot: mian, secrets: [{ env: SVIX_SECRET }, { file: ./nowhere }], ${invite} }
  three: { sender: svix, spot: main, secrets: [{ env: SVIX_SECRET }], invite: { live: live-1 } }
`,
        { SVIX_SECRET: "" }
      )
      expect(found).toEqual([
        "spots.main.secretKey: the environment variable is missing or empty",
        "sources.one.secrets.0: the environment variable is missing or empty",
        "sources.one.sender: no sender has this name; did you mean typeform? For any other system, use custom with verify.",
        "sources.two.spot: no Spot has this name; did you mean main?",
        "sources.two.secrets.0: the environment variable is missing or empty",
        "sources.two.secrets.1: the file is missing or empty",
        "sources.three.secrets.0: the environment variable is missing or empty",
        "sources.three.invite.member: the sender svix has no default place of the address: give { expr: … }"
      ])
    }).pipe(isolated)
  )

  it.effect.each([
    ["member", "invite: { live: live-1, member: { expr: 'email[' } }", "invite.member", 6],
    ["live", "invite: { live: { expr: '$$$(' }, member: { expr: email } }", "invite.live", 4],
    ["when", `${invite}\n    when: { expr: 'a = ' }`, "when", 4]
  ] as const)("in the expression for %s is told where, without the expression", ([, lines, path, position]) =>
    Effect.gen(function* () {
      const found = yield* problems(
        source("sender: typeform", "secrets: [{ env: TYPEFORM_SECRET }]", "spot: main", lines)
      )
      expect(found).toHaveLength(1)
      expect(found[0]).toMatch(
        new RegExp(`^sources\\.form\\.${path.replace(".", "\\.")}: .*, at character ${position}$`)
      )
    }).pipe(isolated)
  )

  it.effect("in what a Spot is called with is told so, without the key", () =>
    Effect.gen(function* () {
      const found = yield* problems(
        `spots: { main: { secretKey: { env: SPOT_KEY }, baseUrl: "localhost:80" } }\nsources: {}`
      )
      expect(found).toEqual(["spots.main.baseUrl: Expected an http(s) URL without a query"])
      expect(yield* problems(`${spots}\nsources: {}`, { SPOT_KEY: "hid den" })).toEqual([
        "spots.main.secretKey: the key has a space or a line break: check its value"
      ])
    }).pipe(isolated)
  )

  it.effect("with a number of connections to Postgres that a relay can work with", () =>
    Effect.gen(function* () {
      const text = (database: string) => `database: ${database}\nspots: {}\nsources: {}\n`
      const url = "postgres://usher@db.example.com/usher"
      const home = yield* folder(text(url))
      expect((yield* load(home.file)).database).toMatchObject({ maxConnections: 10 })
      const given = yield* folder(text(`{ url: "${url}", maxConnections: 40 }`))
      expect((yield* load(given.file)).database).toMatchObject({ maxConnections: 40 })
      for (const count of [3, 1_001]) {
        expect(yield* problems(text(`{ url: "${url}", maxConnections: ${count} }`))).toEqual([
          "database.maxConnections: Expected a whole number from 4 to 1,000"
        ])
      }
      expect(yield* problems(text(`{ url: "sqlite:./usher.db", maxConnections: 10 }`))).toEqual([
        "database.maxConnections: maxConnections applies only to Postgres: remove it"
      ])
    }).pipe(isolated)
  )

  it.effect("in what a Spot is called with at what pace is told what would do", () =>
    Effect.gen(function* () {
      const spot = (...lines: ReadonlyArray<string>) =>
        `{ secretKey: { env: SPOT_KEY }, ${lines.join(", ")} }`
      const found = yield* problems(`
spots:
  shapeless: ${spot("batchSize: 0", "concurrency: 10000", "timeout: Infinity", "retry: { base: 0 seconds }")}
  senseless: ${spot("memberId: '(a+)+'", "timeout: 2 hours", "retry: { cap: 500 millis }", "budget: { shares: { live: 0.9, retry: 0.2 } }")}
sources: {}
`)
      const length = 'Expected a duration above zero, such as "30 seconds" or "2 hours"'
      expect(found.toSorted()).toEqual([
        "spots.senseless.budget.shares: the shares add up to more than 1: live 0.9, retry 0.2, replay 0.05, import 0.05",
        "spots.senseless.memberId: the pattern may be too slow on a long text: don't repeat a group that repeats or has alternatives",
        "spots.senseless.retry.cap: shorter than base (1s): increase it",
        "spots.senseless.timeout: Expected at most an hour",
        "spots.shapeless.batchSize: Expected a value between 1 and 1000",
        "spots.shapeless.concurrency: Expected a value between 1 and 1000",
        `spots.shapeless.retry.base: ${length}`,
        `spots.shapeless.timeout: ${length}`
      ])
    }).pipe(isolated)
  )

  it.effect.each([
    ["svix", "whsec_not!base64!hidden", "base64"],
    ["basic", "hidden-without-colon", "user:password"],
    ["typeform", " hidden-behind-a-space", "white space"]
  ] as const)("in the shape of a secret of %s is told so, without the secret", ([sender, secret, reason]) =>
    Effect.gen(function* () {
      const found = yield* problems(
        source(`sender: ${sender}`, "secrets: [{ env: WRONG_SECRET }]", "spot: main", invite),
        { ...secrets, WRONG_SECRET: secret }
      )
      expect(found).toEqual([expect.stringMatching(/^sources\.form\.secrets\.0: /)])
      expect(found[0]).toContain(reason)
      expect(found[0]).not.toContain("hidden")
    }).pipe(isolated)
  )

  it.effect("with a token of the admin API of fewer than 32 characters is told so, without the token", () =>
    Effect.gen(function* () {
      const text = `${spots}\nsources: {}\nadmin: { tokens: [{ env: SHORT, name: deploy }] }`
      const short = "hidden".padEnd(31, "x")
      const found = yield* problems(text, { ...secrets, SHORT: short })
      expect(found).toEqual([expect.stringMatching(/^admin\.tokens\.0: .*32 random characters/)])
      expect(found[0]).not.toContain("hidden")
      const { file } = yield* folder(text)
      const { admin } = yield* load(file, { ...secrets, SHORT: `${short}x` })
      expect(admin.tokens).toMatchObject([{ name: "deploy", scope: "read" }])
    }).pipe(isolated)
  )

  it.effect("with a secret where its name should be does not show it", () =>
    Effect.gen(function* () {
      const found = yield* problems(`
spots: { main: { secretKey: hidden, hidden2: hidden } }
sources: { form: { sender: typeform, secrets: [hidden, { evn: hidden }], spot: main, ${invite} } }
`)
      expect(found.join("\n").replace("hidden2", "")).not.toContain("hidden")
      expect(found.length).toBeGreaterThanOrEqual(4)
    }).pipe(isolated)
  )

  it.effect("in its shape here and in what it refers to there is told all of it at once", () =>
    Effect.gen(function* () {
      const found = yield* problems(`
${spots}
server: { prot: 1 }
sources:
  shapeless: { sender: typeform, spott: main, ${invite} }
  lost: { sender: svix, spot: mian, secrets: [{ env: NOWHERE }], ${invite} }
`)
      expect(found).toEqual([
        "server.prot: unknown key; did you mean port?",
        "sources.shapeless.spott: unknown key; did you mean spot?",
        "sources.lost.spot: no Spot has this name; did you mean main?",
        "sources.lost.secrets.0: the environment variable is missing or empty"
      ])
    }).pipe(isolated)
  )
})

it.effect("a file that is not there is asked for", () =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(load("/nowhere/usher.yaml"))
    expect(error.message).toBe(
      "/nowhere/usher.yaml has a problem:\n  no such file: create it, or name another file with --config"
    )
  }).pipe(isolated)
)
