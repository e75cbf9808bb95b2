import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { configuration, folder, isolated, openDatabase, secrets, serve } from "../harness.ts"
import { usher } from "../inProcess.ts"
import { client } from "./harness.ts"
import { userInfo } from "node:os"

const json = ["--json"]

describe("usher tokens create", () => {
  const create = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
    const here = yield* folder(configuration("http://127.0.0.1:1"))
    const run = (...more: ReadonlyArray<string>) =>
      usher(["tokens", "create", ...args, ...more], { cwd: here.path, env: secrets })
    return { here, run }
  })

  it.live("makes the first token, which opens the relay's door and stands nowhere", () =>
    Effect.gen(function* () {
      const { here, run } = yield* create("--name", "laptop", "--scope", "operate", "--days", "30")
      const { code, stdout, stderr } = yield* run()
      const secret = stdout.trim()
      expect(code).toBe(0)
      expect(stderr).toContain("The token laptop has the scope operate and expires at")
      const relay = yield* serve(here)
      const laptop = yield* client(relay.url, secret)
      expect(yield* laptop.session.whoami()).toEqual({ name: "laptop", scope: "operate", via: "token" })
      expect((yield* laptop.audit.list({ query: {} })).items).toMatchObject([
        {
          who: `${userInfo().username} (command line)`,
          via: "cli",
          ip: null,
          what: "tokens.create",
          parameters: { name: "laptop", scope: "operate" },
          result: "done"
        }
      ])
      const database = yield* openDatabase(here.database)
      expect(JSON.stringify(database.prepare("SELECT * FROM tokens").all())).not.toContain(secret.slice(-20))
    }).pipe(isolated)
  )

  it.live("may read and expires after 90 days by default, prints JSON, and takes a name once", () =>
    Effect.gen(function* () {
      const { run } = yield* create("--name", "page")
      const first = yield* run(...json)
      expect(JSON.parse(first.stdout)).toMatchObject({
        secret: expect.stringMatching(/^usher_/),
        name: "page",
        scope: "read"
      })
      const expiresAt = DateTime.makeUnsafe(JSON.parse(first.stdout).expiresAt)
      const days = Duration.toDays(DateTime.distance(yield* DateTime.now, expiresAt))
      expect(Math.round(days)).toBe(90)
      const second = yield* run(...json)
      expect(second).toMatchObject({ code: 4, stdout: "" })
      expect(second.stderr).toContain("A token named page exists")
    }).pipe(isolated)
  )

  it.live("never expires if told so, and refuses to be told both", () =>
    Effect.gen(function* () {
      const { run } = yield* create("--name", "forever", "--never")
      expect((yield* run("--days", "3")).code).toBe(2)
      const { stdout } = yield* run(...json)
      expect(JSON.parse(stdout)).toMatchObject({ name: "forever", expiresAt: null })
    }).pipe(isolated)
  )

  it.live("refuses a name that a log could not tell from a sentence", () =>
    Effect.gen(function* () {
      const { run } = yield* create("--name", "a\nb")
      const { code, stderr } = yield* run()
      expect(code).toBe(2)
      expect(stderr).toContain("a name of 1 to 64 letters")
    }).pipe(isolated)
  )
})
