/** What is wrong in one place hides nothing elsewhere. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { spawnSync } from "node:child_process"
import { configuration, folder, isolated, program, secrets } from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const invite = "invite: { live: live-1, member: { expr: email } }"

const check = Effect.fnUntraced(function* (
  text: string,
  env: Readonly<Record<string, string>> = secrets,
  options: ReadonlyArray<string> = []
) {
  const home = yield* folder(text)
  const { code, stdout, stderr } = yield* usher(["check", "--json", ...options], { cwd: home.path, env })
  expect(stderr).toBe("")
  return { code, ...JSON.parse(stdout) }
})

describe("one run tells", () => {
  it.live(
    "every error of every section, of the environment and of the database",
    () =>
      Effect.gen(function* () {
        const found = yield* check(
          `
server: { port: 99999 }
database: sqlite:./usher.yaml/usher.db
spots:
  main: { secretKey: { env: SPOT_KEY }, memberId: "(a+)+", timeout: 5 }
  other: { secretKey: { file: nowhere } }
sources:
  f1: { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: main, ${invite}, expires: soon }
  f2: { sender: typform, secrets: [S, { env: NOWHERE }], spot: mian, invite: { live: { expr: "a[" }, member: { expr: "b[" } } }
  f3: { sender: svix, secrets: [{ env: TYPEFORM_SECRET }, { env: NOWHERE }], spot: main, ${invite}, answer: { status: 201, contentType: text/plain } }
  f4: { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }, spot: main
  f5: { sender: twilio, secrets: [{ env: HMAC_SECRET }], spot: main, ${invite} }
  f6:
    sender: token
    secrets: [{ env: TOKEN_SECRET }]
    spot: main
    ${invite}
    when: { expr: "($f := function($n) { 1 + $f($n + 1) }; $f(0))" }
`,
          { ...secrets, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }
        )
        expect({ code: found.code, valid: found.valid, ok: found.ok }).toEqual({
          code: 1,
          valid: false,
          ok: false
        })
        const rows = found.errors.map(({ line, path }: { line?: number; path: string }) => `${line} ${path}`)
        expect(rows).toEqual([
          "undefined ",
          "2 server.port",
          "3 database",
          "5 spots.main.timeout",
          "5 spots.main.memberId",
          "6 spots.other.secretKey",
          "8 sources.f1.expires",
          "9 sources.f2.secrets.0",
          "9 sources.f2.spot",
          "9 sources.f2.secrets.1",
          "9 sources.f2.sender",
          "9 sources.f2.invite.live",
          "9 sources.f2.invite.member",
          "10 sources.f3.secrets.1",
          "10 sources.f3.secrets.0",
          "11 ",
          "12 sources.f5",
          "18 sources.f6.when"
        ])
        expect(found.errors.find(({ line }: { line?: number }) => line === undefined).reason).toMatch(
          /^in the environment, OTEL_EXPORTER_OTLP_PROTOCOL: Expected http\/protobuf/
        )
        expect(found.warnings).toContainEqual(
          expect.objectContaining({ rule: "unsigned-delivery-id", path: "sources.f5" })
        )
      }).pipe(isolated),
    patience
  )

  it.live.each([
    ["an unclosed quote", `secrets: [{ env: "TYPEFORM_SECRET }]`],
    ["a tab", "\tspot: main"],
    ["a colon without quotes", "when: a: b"],
    ["a key that is there twice", "sender: typeform"],
    ["a bracket too many", "secrets: [{ env: TYPEFORM_SECRET }]]"]
  ])(
    "the errors of other sources beside one that is no YAML because of %s",
    ([, line]) =>
      Effect.gen(function* () {
        const { errors } = yield* check(`
spots: { main: { secretKey: { env: SPOT_KEY } } }
sources:
  one: { sender: typefrom, secrets: [{ env: TYPEFORM_SECRET }], spot: main, ${invite} }
  broken:
    sender: typeform
    ${line}
  two: { sender: typeform, secrets: [{ env: TYPEFORM_SECRET }], spot: mian, ${invite} }
`)
        const at = errors.map(({ line, path }: { line?: number; path: string }) => `${line} ${path}`)
        expect(at).toEqual(["4 sources.one.sender", "7 ", "8 sources.two.spot"])
      }).pipe(isolated),
    patience
  )

  it.live(
    "both places of a key that is there twice, and no other",
    () =>
      Effect.gen(function* () {
        const { errors } = yield* check(`
spots: { main: { secretKey: { env: SPOT_KEY } } }
sources:
  one: { sender: none, spot: main, ${invite} }
  one: { sender: none, spot: main, ${invite} }
`)
        expect(errors).toEqual([{ line: 5, path: "", reason: "duplicate key: remove one of the two" }])
      }).pipe(isolated),
    patience
  )
})

describe("a sender that signs the URL", () => {
  const signing = (sender: string, server = "") =>
    `${server}
spots: { main: { secretKey: { env: SPOT_KEY } } }
sources: { crm: { sender: ${sender}, secrets: [{ env: HMAC_SECRET }], spot: main, ${invite} } }
`

  it.live.each(["twilio", "hubspot-v2", "hubspot-v3"])(
    "such as %s needs server.publicUrl",
    (sender) =>
      Effect.gen(function* () {
        expect(yield* check(signing(sender))).toMatchObject({
          code: 1,
          errors: [{ line: 3, path: "sources.crm", reason: expect.stringContaining("server.publicUrl") }]
        })
        const given = yield* check(signing(sender, `server: { publicUrl: "https://hooks.example.com" }`))
        expect(given).toMatchObject({ code: 0, errors: [] })
        const misspelt = yield* check(signing(sender, `server: { publicURL: "https://hooks.example.com" }`))
        expect(misspelt.errors).toMatchObject([{ path: "server.publicURL" }])
      }).pipe(isolated),
    patience
  )
})

describe("a URL with a password", () => {
  it.live(
    "is an error at the server and at a Spot, and is not shown",
    () =>
      Effect.gen(function* () {
        const found = yield* check(
          configuration("http://127.0.0.1:9")
            .replace("server: { port: 0 }", 'server: { publicUrl: "https://a:C4n4ry@hooks.example.com" }')
            .replace("http://127.0.0.1:9", "https://a:C4n4ry@spot.example.com")
        )
        expect(found.errors).toMatchObject([{ path: "server.publicUrl" }, { path: "spots.main.baseUrl" }])
        expect(JSON.stringify(found.errors)).not.toContain("C4n4ry")
      }).pipe(isolated),
    patience
  )
})

describe("a Live's web address in place of its id", () => {
  const id = "3f0c2c1e-5b7a-4f1e-9a55-0d6b8c1f2e43"
  const space = "7c9e6679-7425-40de-944b-e07fc1f90ae7"

  it.live.each([
    [`https://app.meltingspot.io/acme/lives/${id}`, `which is ${id}`],
    [`https://app.meltingspot.io/spots/${space}/lives/${id}?tab=people`, `which is ${id}`],
    [`app.meltingspot.io/live/${id}/`, `which is ${id}`],
    [`https://app.meltingspot.io/e/${id}`, `which is ${id}`],
    [`https://app.meltingspot.io/${space}/${id}`, "give only the id of the Live"],
    ["https://app.meltingspot.io/acme/lives/summer", "give only the id of the Live"]
  ])(
    "%s is an error, with the id where there is one",
    ([address, reason]) =>
      Effect.gen(function* () {
        const { errors } = yield* check(
          configuration("http://127.0.0.1:9").replace("live: live-svix", `live: "${address}"`)
        )
        expect(errors).toMatchObject([
          { path: "sources.svix.invite.live", reason: expect.stringMatching(new RegExp(`${reason}$`)) }
        ])
      }).pipe(isolated),
    patience
  )

  it.live(
    "is refused on the command line",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(configuration("http://127.0.0.1:9"))
        const address = `https://app.meltingspot.io/acme/lives/${id}`
        for (const command of [
          ["import", "people.csv", "--live", address],
          ["invite", "--live", address, "--member", "a@example.com"]
        ]) {
          const { code, stdout, stderr } = yield* usher(command, { cwd: home.path, env: secrets })
          expect([code, stdout + stderr]).toEqual([2, expect.stringContaining(`which is ${id}`)])
        }
      }).pipe(isolated),
    patience
  )
})

/** As a user who owns nothing: the tests may be run by root, who can write everywhere. */
const asNobody = (cwd: string) => {
  const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const { PATH = "" } = process.env
  const { status, stdout } = spawnSync(process.execPath, [program, "check", "--json"], {
    cwd,
    env: { PATH, ...secrets },
    encoding: "utf8",
    ...nobody
  })
  return { code: status, ...JSON.parse(stdout) }
}

it.live.skipIf(process.platform !== "linux")(
  "a SQLite database in a file system that holds no files is an error, though its folder looks writable",
  () =>
    Effect.gen(function* () {
      const home = yield* folder(
        configuration("http://127.0.0.1:9").replace("sqlite:./usher.db", "sqlite:/proc/usher/usher.db")
      )
      const { code, stdout } = yield* usher(["check"], { cwd: home.path, env: secrets })
      expect({ code, stdout }).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("can't be created in /proc")
      })
    }).pipe(isolated),
  patience
)

describe.skipIf(process.platform === "win32")("a SQLite database that this user can't write", () => {
  const home = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = yield* folder(
      configuration("http://127.0.0.1:9").replace("sqlite:./usher.db", "sqlite:./kept/usher.db")
    )
    yield* fs.chmod(home.path, 0o755)
    return { ...home, fs, kept: `${home.path}/kept`, file: `${home.path}/kept/usher.db` }
  })

  it.live(
    "is an error where the file can only be read",
    () =>
      Effect.gen(function* () {
        const { fs, path, kept, file } = yield* home
        expect(yield* usher(["migrate"], { cwd: path, env: secrets })).toMatchObject({ code: 0 })
        yield* fs.chmod(kept, 0o777)
        yield* fs.chmod(file, 0o444)
        expect(asNobody(path)).toMatchObject({
          code: 1,
          errors: [
            { path: "database", reason: "can't be used: this user has no write permission on the file" }
          ]
        })
        yield* fs.chmod(file, 0o666)
        expect(asNobody(path)).toMatchObject({ code: 0, errors: [], database: { status: "up to date" } })
      }).pipe(isolated),
    patience
  )

  it.live(
    "is an error where its folder can only be read",
    () =>
      Effect.gen(function* () {
        const { fs, path, kept, file } = yield* home
        expect(yield* usher(["migrate"], { cwd: path, env: secrets })).toMatchObject({ code: 0 })
        yield* fs.chmod(file, 0o666)
        yield* fs.chmod(kept, 0o555)
        expect(asNobody(path)).toMatchObject({
          code: 1,
          errors: [{ path: "database", reason: expect.stringContaining("can't create files in its folder") }]
        })
        yield* fs.chmod(kept, 0o755)
      }).pipe(isolated),
    patience
  )

  it.live(
    "is an error where its folder can't be made, and nothing is made",
    () =>
      Effect.gen(function* () {
        const { fs, path, kept } = yield* home
        yield* fs.chmod(path, 0o555)
        expect(asNobody(path)).toMatchObject({
          code: 1,
          errors: [{ path: "database", reason: expect.stringContaining("can't create its folder in") }]
        })
        yield* fs.chmod(path, 0o755)
        expect(yield* fs.exists(kept)).toBe(false)
      }).pipe(isolated),
    patience
  )

  it.live(
    "is an error where a file stands in place of a folder",
    () =>
      Effect.gen(function* () {
        const found = yield* check(
          configuration("http://127.0.0.1:9").replace("sqlite:./usher.db", "sqlite:./usher.yaml/usher.db")
        )
        expect(found).toMatchObject({
          code: 1,
          errors: [{ path: "database", reason: expect.stringContaining("usher.yaml is not a folder") }]
        })
      }).pipe(isolated),
    patience
  )
})
