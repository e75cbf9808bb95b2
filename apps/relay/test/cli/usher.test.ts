import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import {
  configuration,
  folder,
  isolated,
  sandbox,
  secrets,
  sources,
  usher as usherProcess
} from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const anInvitation = ["invite", "--live", "live-1", "--member", "alice@example.com"]

const environment = (baseUrl: string) => ({
  MELTINGSPOT_SECRET_KEY: secrets.SPOT_KEY,
  MELTINGSPOT_BASE_URL: baseUrl
})

describe("usher invite", () => {
  it.live(
    "prints the outcome as JSON on standard output, and nothing besides",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const invite = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
          const { code, stdout, stderr } = yield* usher(["invite", "--json", ...args], {
            env: environment(url)
          })
          expect(stdout).toMatch(/^\{.*\}\n$/)
          return { code, stderr, json: JSON.parse(stdout) as unknown }
        })
        const alice = ["--live", "live-1", "--member", "alice@example.com"]
        expect(yield* invite(...alice)).toEqual({
          code: 0,
          stderr: "",
          json: {
            outcome: "invited",
            participant: expect.objectContaining({
              liveId: "live-1",
              spotMemberEmail: "alice@example.com",
              status: "Invited",
              invitedAt: expect.stringMatching(/^\d{4}-.*Z$/)
            })
          }
        })
        expect(yield* invite(...alice)).toEqual({
          code: 0,
          stderr: "",
          json: { outcome: "already_invited", liveId: "live-1" }
        })
        expect(yield* invite("--live", "live-1", "--member", "Bob <bob@example.com>")).toMatchObject({
          code: 0,
          json: { outcome: "invited", participant: { spotMemberEmail: "bob@example.com" } }
        })
        expect(yield* invite("--live", "live-1", "--member", "somebody")).toEqual({
          code: 1,
          stderr: "",
          json: {
            outcome: "failed",
            error: {
              _tag: "NotAMember",
              reason: "NotAMemberId",
              message: "The text is neither an email address nor a Spot member id."
            }
          }
        })
        expect(yield* invite("--live", "live-1", "--member", "somebody", "--member-id", "[a-z]+")).toEqual({
          code: 1,
          stderr: "",
          json: {
            outcome: "failed",
            error: {
              _tag: "MalformedPayload",
              liveId: "live-1",
              reason: "Refused",
              message: "MeltingSpot says that the invitation to Live live-1 is malformed"
            }
          }
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "says the outcome in a sentence",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const env = environment(url)
        expect(yield* usherProcess(anInvitation, { env })).toEqual({
          code: 0,
          stdout: "Invited: participant participant-1 of Live live-1, Invited\n",
          stderr: ""
        })
        expect(yield* usherProcess(anInvitation, { env })).toEqual({
          code: 0,
          stdout: "The member is already invited to Live live-1\n",
          stderr: ""
        })
        expect(
          yield* usher(["invite", "--live", "..", "--member", "alice@example.com"], { env })
        ).toMatchObject({
          code: 2,
          stderr: expect.stringContaining(
            'Invalid value for flag --live: "..". Expected: the id of a Live: not empty'
          )
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "passes on the inviter, the mail flag and the prefix of the key",
    () =>
      Effect.gen(function* () {
        const { url, ledger } = yield* sandbox
        const { code } = yield* usher([...anInvitation, "--invited-by", "member-0", "--notify"], {
          env: { ...environment(url), MELTINGSPOT_AUTHORIZATION_PREFIX: "Bearer " }
        })
        expect(code).toBe(0)
        expect((yield* ledger.state).participants).toMatchObject([{ invitedBy: "member-0", notified: true }])
        const refused = yield* usher(anInvitation, {
          env: { ...environment(url), MELTINGSPOT_AUTHORIZATION_PREFIX: "Token " }
        })
        expect(refused.code).toBe(1)
        expect(refused.stdout).toContain("check the key, and whether the Authorization prefix is")
      }).pipe(isolated),
    patience
  )

  it.live.each([
    ["missing", {}],
    ["empty", { MELTINGSPOT_SECRET_KEY: "" }]
  ] as const)(
    "names the key that is %s",
    ([, env]) =>
      Effect.gen(function* () {
        const { code, stdout, stderr } = yield* usher([...anInvitation, "--json"], { env })
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
        expect(stderr).toMatch(
          /^These environment variables are missing or invalid:\n {2}MELTINGSPOT_SECRET_KEY: /
        )
      }).pipe(isolated),
    patience
  )

  it.live(
    "says what to check when the upstream can't be reached",
    () =>
      Effect.gen(function* () {
        const { url } = yield* Effect.scoped(sandbox)
        const { code, stdout } = yield* usher(anInvitation, { env: environment(url) })
        expect(code).toBe(1)
        expect(stdout).toBe(
          "Not invited. MeltingSpot can't be reached: it refuses connections: nothing listens on this port (ECONNREFUSED, Live live-1, the request did not arrive)\n"
        )
      }).pipe(isolated),
    patience
  )
})

describe("usher check", () => {
  it.live(
    "tells what the configuration stands for",
    () =>
      Effect.gen(function* () {
        const { path, file, database } = yield* folder(configuration("http://127.0.0.1:9"))
        const asText = yield* usher(["check"], { cwd: path, env: secrets })
        expect(asText).toMatchObject({ code: 0, stderr: "" })
        expect(asText.stdout).toContain("usher.yaml is valid.\n")
        expect(asText.stdout).toContain(
          "/webhooks/typeform receives typeform for the Spot main; sign-ups: form_response\n"
        )
        expect(asText.stdout).toMatch(
          /\/webhooks\/token receives .*; no delivery id: the same body within 1d counts as a retry/
        )
        const asJson = yield* usher(["check", "--json", "-c", file], { env: secrets })
        expect(asJson.code).toBe(0)
        expect(JSON.parse(asJson.stdout)).toMatchObject({
          valid: true,
          ok: true,
          file,
          database: { name: database, status: "new" },
          spots: [{ name: "main" }]
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "tells every problem at once, and ends with 1",
    () =>
      Effect.gen(function* () {
        const { path } = yield* folder(configuration("http://127.0.0.1:9"))
        const { SPOT_KEY: _, TOKEN_SECRET: __, ...env } = secrets
        const problems = [
          {
            line: 5,
            path: "spots.main.secretKey",
            reason: "the environment variable is missing or empty"
          },
          {
            line: 24,
            path: "sources.token.secrets.0",
            reason: "the environment variable is missing or empty"
          }
        ]
        const sentences = problems.map(({ line, path, reason }) => `✗ line ${line}, ${path}: ${reason}`)
        const asText = yield* usher(["check"], { cwd: path, env })
        expect(asText).toMatchObject({ code: 1, stderr: "" })
        expect(asText.stdout).toContain(["usher.yaml: 2 errors.", ...sentences, ""].join("\n"))
        const asJson = yield* usher(["check", "--json"], { cwd: path, env })
        expect(asJson.code).toBe(1)
        expect(JSON.parse(asJson.stdout)).toMatchObject({
          valid: false,
          ok: false,
          file: "usher.yaml",
          errors: problems
        })
      }).pipe(isolated),
    patience
  )
})

describe("usher serve", () => {
  it.live(
    "does not start with a configuration that is wrong",
    () =>
      Effect.gen(function* () {
        const { path } = yield* folder(configuration("http://127.0.0.1:9"))
        const { code, stderr } = yield* usherProcess(["serve"], { cwd: path, env: { SPOT_KEY: "k" } })
        expect(code).toBe(1)
        expect(stderr).toContain("usher.yaml has 5 problems:")
      }).pipe(isolated),
    patience
  )

  it.live(
    "says which address is taken",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const { port } = new URL(url)
        const { path } = yield* folder(configuration(url).replace("port: 0", `port: ${port}`))
        const { code, stderr } = yield* usherProcess(["serve"], { cwd: path, env: secrets })
        expect(code).toBe(1)
        expect(stderr).toContain(`127.0.0.1:${port}`)
      }).pipe(isolated),
    patience
  )
})

describe("usher", () => {
  it.live(
    "explains itself",
    () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* usherProcess(["--help"], { main: sources })
        expect(code).toBe(0)
        for (const command of ["serve", "check", "invite", "demo"]) expect(stdout).toContain(`  ${command} `)
      }).pipe(isolated),
    patience
  )

  it.live(
    "knows its version",
    () =>
      Effect.gen(function* () {
        expect(yield* usherProcess(["--version"], { main: sources })).toMatchObject({
          code: 0,
          stdout: "usher v0.1.0\n"
        })
      }).pipe(isolated),
    patience
  )

  it.live(
    "refuses a command it does not have",
    () =>
      Effect.gen(function* () {
        const { code, stderr } = yield* usherProcess(["srve"])
        expect(code).toBe(2)
        expect(stderr).toContain('Unknown subcommand "srve"')
      }).pipe(isolated),
    patience
  )

  it.live(
    "demonstrates the whole path, and every delivery ends as it should",
    () =>
      Effect.gen(function* () {
        const { code, stdout, stderr } = yield* usherProcess(["demo", "--once"])
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(stdout).toContain("All 9 deliveries ended as expected.")
        for (const row of [
          /A new member.* 202 accepted +mapped +alice@example.com invited +1 /,
          /The first one.* 202 duplicate +mapped +alice@example.com invited +1 /,
          /Signed with a wrong.* 401 refused +- /,
          /A body that is not.* 200 accepted +unmappable /,
          /A form without an.* 200 accepted +unmappable /,
          /While MeltingSpot.* 200 accepted +mapped +grace@example.com invited +3 /
        ]) {
          expect(stdout).toMatch(row)
        }
      }).pipe(isolated),
    patience
  )
})
