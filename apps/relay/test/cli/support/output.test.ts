/** What commands print beside their answer: nothing on standard output, and sentences on standard error. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { webServer } from "../../alerts/servers.ts"
import { configuration, folder, isolated, secrets } from "../../harness.ts"
import { usher } from "../../inProcess.ts"

const home = Effect.flatMap(folder(configuration("http://127.0.0.1:9")), (home) => {
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    usher(args, { cwd: home.path, env: { ...secrets, ...env } })
  return Effect.as(run(["migrate"]), { ...home, run })
})

describe("a command", () => {
  it.live("that changes something prints its sentence, and leaves the audit log in the database", () =>
    Effect.gen(function* () {
      const { run } = yield* home
      expect(yield* run(["spots", "pause", "main", "--reason", "test"])).toEqual({
        code: 0,
        stdout: "main is paused, 0 invitations pending. To resume sending: usher spots resume main\n",
        stderr: ""
      })
      expect((yield* run(["audit"])).stdout).toMatch(/spots\.pause .*done/)
    }).pipe(isolated)
  )

  it.live(
    "that is used wrongly prints the error and its usage on standard error, where no file takes them",
    () =>
      Effect.gen(function* () {
        const { run } = yield* home
        const { code, stdout, stderr } = yield* run(["export", "--live", "l", "--which", "bad"])
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
        expect(stderr).toContain('Invalid value for flag --which: "bad"')
        expect(stderr).toMatch(/\nUsage: usher export \[flags\]\nFor help: usher export --help\n$/)
        expect((yield* run(["export", "--help"])).stdout).toContain("EXAMPLES")
      }).pipe(isolated)
  )

  it.live.each([
    [["why", ""], "argument <person>", "an email address or a Spot member id: not blank"],
    [["search", " "], "argument <text>", "a text: not blank, and at most 1,000 characters"],
    [["search", "x".repeat(1_001)], "argument <text>", "a text: not blank, and at most 1,000 characters"],
    [["tokens", "create", "--name", ""], "flag --name", "a name of 1 to 64 letters"]
  ] as const)(
    "that is given no text says what it expects, and asks no relay, case %#",
    ([args, which, expected]) =>
      Effect.gen(function* () {
        const { run } = yield* home
        // Nothing answers there: a request would end with 5.
        const { code, stdout, stderr } = yield* run([...args, "--url", "http://127.0.0.1:9"], {
          USHER_TOKEN: "token"
        })
        expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
        expect(stderr).toContain(`value for ${which}`)
        expect(stderr).toContain(`. Expected ${expected}`)
      }).pipe(isolated)
  )

  it.live("that exports a Live to which nobody was asked does not find it", () =>
    Effect.gen(function* () {
      const { run } = yield* home
      expect(yield* run(["export", "--live", "typo"])).toEqual({
        code: 3,
        stdout: "",
        stderr: "No invitations to the Live typo. To list Lives: usher lives list\n"
      })
    }).pipe(isolated)
  )

  it.live("that reloads asks for the relay's URL", () =>
    Effect.gen(function* () {
      const { run } = yield* home
      expect(yield* run(["reload"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--url") })
    }).pipe(isolated)
  )

  it.live("that cancels a move says that there is none", () =>
    Effect.gen(function* () {
      const { run } = yield* home
      const { code, stdout } = yield* run(["migrate", "--stay"])
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("Nothing to do: no move")
      })
    }).pipe(isolated)
  )

  it.live("names what is wrong with a file or a server, without the words of the system", () =>
    Effect.gen(function* () {
      const { path, run } = yield* home
      expect((yield* run(["stats", "-c", path])).stderr).toBe(
        `${path} has a problem:\n  it is not a regular file\n`
      )
      expect((yield* run(["backup", path, "--force"])).stderr).toBe(
        `${path} is a folder. Name a file in it\n`
      )
      const moved = yield* run(["migrate", "--to", "postgres://usher@127.0.0.1:1/usher"])
      expect(moved).toMatchObject({ code: 5, stderr: expect.not.stringContaining("PgConnection") })
      expect(moved.stderr).toContain("can't connect to the Postgres server")
      const { url } = yield* webServer()
      const other = yield* run(["stats", "--url", url], { USHER_TOKEN: "token" })
      expect(other).toMatchObject({ code: 5, stdout: "" })
      expect(other.stderr).toContain("answered 200, which is not a response of the admin API")
    }).pipe(isolated)
  )

  it.live("that signs finds a source in the usher.yaml beside it", () =>
    Effect.gen(function* () {
      const { run } = yield* home
      const { url } = yield* webServer()
      expect(yield* run(["send", "svix", "--url", url])).toMatchObject({ code: 0, stderr: "" })
      expect((yield* run(["send", "unknown"])).stderr).toContain("a source of the configuration")
    }).pipe(isolated)
  )
})
