import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, type Path, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import { TestConsole } from "effect/testing"
import { relay, tokens } from "../../admin/harness.ts"
import { configuration, folder, isolated, openDatabase, sandbox, secrets } from "../../harness.ts"
import { usher } from "../../usher.ts"

const test = <E>(
  sentence: string,
  body: Effect.Effect<void, E, Scope.Scope | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path>
) => it.live(sentence, () => isolated(Effect.provide(body, TestConsole.layer)))

describe("what goes wrong is one sentence and an exit code", () => {
  test(
    "a relay that can't be reached, or is none",
    Effect.gen(function* () {
      const nobody = yield* usher(["stats", "--url", "http://127.0.0.1:1", "--token", "t"])
      expect(nobody).toMatchObject({
        code: 5,
        stderr:
          "Can't reach a relay at http://127.0.0.1:1 (ECONNREFUSED). Check that it is running and that the URL is right."
      })
      const { url } = yield* sandbox
      const other = yield* usher(["stats", "--url", url, "--token", "t"])
      expect(other).toMatchObject({ code: 5 })
      expect(other.stderr).toMatch(/^http:\S+ answered 404, which is not a response of the admin API/)
      expect(yield* usher(["stats", "--url", "relay:1", "--token", "t"])).toMatchObject({ code: 2 })
    })
  )

  test(
    "a connection that breaks before the answer",
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.callback<Server>((resume) => {
          const server = createServer(({ socket }) => socket.destroy())
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      expect(
        yield* usher(["spots", "pause", "main", "--reason", "x", "--url", url, "--token", "t"])
      ).toMatchObject({
        code: 5,
        stderr: expect.stringMatching(
          /^The connection to http:\S+ broke before the relay answered \(\w+\)\. A command that changes something may have done it: check before you repeat it\.$/
        )
      })
    })
  )

  test(
    "no token, a wrong one, and one that may only read",
    Effect.gen(function* () {
      const { url } = yield* relay()
      const none = yield* usher(["stats"], { USHER_URL: url })
      expect(none).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("requires a token: set USHER_TOKEN")
      })
      const wrong = yield* usher(["stats", "--url", url, "--token", "nobody's"])
      expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining("The token is unknown") })
      expect(wrong.stderr).not.toContain("nobody's")
      const reader = { USHER_URL: url, USHER_TOKEN: tokens.READ_TOKEN }
      expect(yield* usher(["stats"], reader)).toMatchObject({ code: 0 })
      expect(yield* usher(["spots", "pause", "main", "--reason", "x"], reader)).toMatchObject({
        code: 4,
        stderr: "The token viewer is read-only. This request requires the scope operate."
      })
    })
  )

  test(
    "a database or a configuration that is not there, and a filter that can't be",
    Effect.gen(function* () {
      const { file, path } = yield* folder(configuration("http://127.0.0.1:1"))
      const people = `${path}/people.csv`
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(people, "email\na@example.com\n")
      const commands: ReadonlyArray<ReadonlyArray<string>> = [
        ["stats"],
        ["import", people, "--live", "live-1", "--yes"],
        ["why", "a@example.com"],
        ["backup", `${path}/copy.db`],
        ["compact", "--yes"],
        ["mapping", "test", "svix"],
        ["migrate", "--stay"],
        ["migrate", "--to", "postgres://u@127.0.0.1:9/d"]
      ]
      for (const command of commands) {
        expect({ command, ...(yield* usher([...command, "--config", file], secrets)) }).toMatchObject({
          command,
          code: 5,
          stdout: "",
          stderr: `${path}/usher.db does not exist. To create it: usher serve, or usher migrate`
        })
      }
      expect((yield* fs.readDirectory(path)).toSorted()).toEqual(["people.csv", "usher.yaml"])
      const none = yield* usher(["stats", "--config", `${path}/none.yaml`])
      expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining("no such file") })
      expect(yield* usher(["webhooks", "list", "--limit", "501"])).toMatchObject({ code: 2 })
      expect(yield* usher(["webhooks", "lst"])).toMatchObject({ code: 2 })
    })
  )

  test(
    "a database whose file is gone while its log is left: nothing creates it anew",
    Effect.gen(function* () {
      const { file, path } = yield* folder(configuration("http://127.0.0.1:1"))
      const fs = yield* FileSystem.FileSystem
      const log = `${path}/usher.db-wal`
      yield* fs.writeFileString(log, "the last commits")
      const said = `its file is gone, but not its log ${log}, which has the last commits. Put the file back`
      for (const command of [["stats"], ["migrate"], ["serve"]]) {
        const { code, stderr } = yield* usher([...command, "--config", file], secrets)
        expect({ command, code, stderr }).toEqual({ command, code: 5, stderr: expect.stringContaining(said) })
      }
      const { code, stdout } = yield* usher(["check", "--config", file], secrets)
      expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(said) })
      expect((yield* fs.readDirectory(path)).filter((name) => /\.db(?!-lock)/.test(name))).toEqual([
        "usher.db-wal"
      ])
      expect(yield* fs.readFileString(log)).toBe("the last commits")
    })
  )

  test(
    "a database that another process has locked",
    Effect.gen(function* () {
      const { database, env, file } = yield* relay()
      const other = yield* openDatabase(database)
      other.exec("BEGIN IMMEDIATE")
      const ran = yield* usher(["spots", "pause", "main", "--reason", "x", "--config", file], env)
      other.exec("ROLLBACK")
      expect(ran).toMatchObject({ code: 5, stderr: expect.stringContaining("database is locked") })
    })
  )
})
