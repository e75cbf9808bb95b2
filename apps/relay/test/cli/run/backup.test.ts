import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem } from "effect"
import {
  configuration,
  deliver,
  folder,
  isolated,
  openDatabase,
  sandbox,
  secrets,
  serve,
  until,
  usher as usherProcess
} from "../../harness.ts"
import { usher } from "../../inProcess.ts"

const person = (index: number) => `person-${index}@example.com`

const invite = (url: string, from: number, to: number) =>
  Effect.forEach(
    Array.from({ length: to - from }, (_, index) => person(from + index)),
    (email) => deliver(url, "token", { people: [{ email }] }),
    { concurrency: 8 }
  )

describe("usher backup", () => {
  it.live(
    "copies the database under load, and a relay that starts on the copy has all that was acknowledged",
    () =>
      Effect.gen(function* () {
        const { url, ledger } = yield* sandbox
        const home = yield* folder(configuration(url))
        const relay = yield* serve(home)
        expect((yield* invite(relay.url, 0, 30)).map(({ status }) => status)).toEqual(Array(30).fill(200))
        const load = yield* Effect.forkChild(invite(relay.url, 30, 90))
        const ran = yield* usherProcess(["backup", "copy.db", "--json"], { cwd: home.path, env: secrets })
        expect(ran).toMatchObject({ code: 0, stderr: "" })
        const { webhooks } = JSON.parse(ran.stdout)
        expect(webhooks).toBeGreaterThanOrEqual(30)
        expect((yield* Fiber.join(load)).every(({ status }) => status === 200)).toBe(true)

        yield* Effect.scoped(
          Effect.gen(function* () {
            const copy = yield* openDatabase(`${home.path}/copy.db`)
            expect(copy.prepare("SELECT count(*) AS count FROM webhooks").get()).toEqual({ count: webhooks })
            expect(copy.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }])
          })
        )
        yield* relay.kill("SIGKILL")
        yield* relay.ended
        yield* ledger.reset
        const restored = yield* folder(configuration(url))
        const fs = yield* FileSystem.FileSystem
        yield* fs.rename(`${home.path}/copy.db`, restored.database)
        const again = yield* serve(restored)
        const answers = yield* invite(again.url, 0, 30)
        expect(answers.map(({ json }) => Object(json).status)).toEqual(Array(30).fill("duplicate"))
        yield* deliver(again.url, "token", { people: [{ email: "new@example.com" }] })
        yield* until(ledger.state, (state) =>
          state.participants.some(({ member }) => member === "new@example.com")
        )
      }).pipe(isolated)
  )

  it.live("leaves what is there alone, and says what to do", () =>
    Effect.gen(function* () {
      const home = yield* folder(configuration("http://127.0.0.1:1"))
      const fs = yield* FileSystem.FileSystem
      const run = (...args: ReadonlyArray<string>) =>
        usher(["backup", ...args], { cwd: home.path, env: secrets })
      expect(yield* run("copy.db")).toMatchObject({ code: 5 })
      expect(yield* fs.readDirectory(home.path)).toEqual(["usher.yaml"])

      expect(yield* usher(["migrate"], { cwd: home.path, env: secrets })).toMatchObject({ code: 0 })
      yield* fs.writeFileString(`${home.path}/copy.db`, "precious")
      const refused = yield* run("copy.db")
      expect(refused).toMatchObject({ code: 4 })
      expect(refused.stderr).toContain("already exists: name another file, or pass --force")
      expect(yield* fs.readFileString(`${home.path}/copy.db`)).toBe("precious")
      expect(yield* run("copy.db", "--force")).toMatchObject({
        code: 0,
        stdout: `${home.path}/copy.db holds 0 webhooks and 0 invitations, and can be read back whole.\n`
      })
      expect((yield* fs.stat(`${home.path}/copy.db`)).mode & 0o777).toBe(0o600)
    }).pipe(isolated)
  )

  it.live("sends those who run Postgres to its own tools", () =>
    Effect.gen(function* () {
      const home = yield* folder(
        configuration("http://127.0.0.1:1").replace(/sqlite:\S+/, "postgres://u@localhost/db")
      )
      const refused = yield* usher(["backup", "copy.db"], { cwd: home.path, env: secrets })
      expect(refused).toMatchObject({ code: 2 })
      expect(refused.stderr).toContain("pg_dump")
    }).pipe(isolated)
  )
})
