/** What a process prints, and how it ends: to readers that go, in other time zones, and where the system refuses. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, type FileSystem, type Path, type Scope } from "effect"
import type { HttpClient } from "effect/http"
import { TestConsole } from "effect/testing"
import { spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { createServer } from "node:net"
import { basename, dirname } from "node:path"
import { fileURLToPath } from "node:url"
import {
  configuration,
  folder,
  isolated,
  openDatabase,
  program,
  secrets,
  serve,
  usher as process_
} from "../../harness.ts"
import { version } from "../../../src/version.ts"
import { usher } from "../../usher.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const test = <E>(
  sentence: string,
  body: Effect.Effect<void, E, Scope.Scope | HttpClient.HttpClient | FileSystem.FileSystem | Path.Path>
) => it.live(sentence, () => isolated(Effect.provide(body, TestConsole.layer)), patience)

const upstream = "http://127.0.0.1:9"

/** A port of this machine that another program listens on. */
const takenPort = Effect.acquireRelease(
  Effect.callback<ReturnType<typeof createServer>>((resume) => {
    const server = createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
  }),
  (server) => Effect.sync(() => server.close())
).pipe(Effect.map((server) => Number(Object(server.address()).port)))

describe("the output of a process", () => {
  it(
    "may lose its reader, and then ends quietly with 141",
    () => {
      const script = `"$0" "$1" config schema | head -c 1; exit "\${PIPESTATUS[0]}"`
      const { status, stderr, stdout } = spawnSync("bash", ["-c", script, process.execPath, program])
      expect({ status, stderr: String(stderr), stdout: String(stdout) }).toEqual({
        status: 141,
        stderr: "",
        stdout: "{"
      })
    },
    patience
  )

  test(
    "is that of the sources where links start them, as package managers make them and the image has one",
    Effect.gen(function* () {
      const { path } = yield* folder("")
      const root = fileURLToPath(new URL("../../../../..", import.meta.url))
      mkdirSync(`${path}/node_modules/.bin`, { recursive: true })
      const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`
      for (const source of ["apps/relay/src/main.ts", "deploy/usher"]) {
        const link = `${path}/node_modules/.bin/${basename(source)}`
        symlinkSync(`${root}${source}`, link)
        const { status, stdout } = spawnSync(link, ["--version"], { env: { PATH } })
        expect({ source, status, stdout: String(stdout).trim() }).toEqual({
          source,
          status: 0,
          stdout: `usher v${version}`
        })
      }
    })
  )

  test(
    "has times in the zone of the machine, and JSON in UTC",
    Effect.gen(function* () {
      const { path } = yield* folder(configuration(upstream))
      const env = { ...secrets, TZ: "Asia/Kolkata" }
      yield* process_(["tokens", "create", "--name", "laptop"], { cwd: path, env })
      const { stdout } = yield* process_(["tokens", "list"], { cwd: path, env })
      const [text = ""] = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+05:30/.exec(stdout) ?? []
      const [token] = JSON.parse((yield* process_(["tokens", "list", "--json"], { cwd: path, env })).stdout)
      expect(token.createdAt).toMatch(/Z$/)
      expect(Date.parse(text)).toBe(Math.floor(Date.parse(token.createdAt) / 1_000) * 1_000)
    })
  )

  test(
    "of a relay names its database, and warns where it is new",
    Effect.gen(function* () {
      const home = yield* folder(configuration(upstream))
      const first = yield* serve(home)
      expect(first.output.stderr).toContain(
        `"level":"warn","message":"database: ${home.database} does not exist, the relay creates it"`
      )
      yield* first.kill("SIGTERM")
      yield* first.ended
      const second = yield* serve(home)
      expect(second.output.stderr).toContain(`"level":"info","message":"database: ${home.database}"`)
    })
  )
})

describe("what the system refuses is a sentence", () => {
  test(
    "where a port is taken, and where a host is none",
    Effect.gen(function* () {
      const port = yield* takenPort
      const texts = {
        [`{ port: ${port} }`]: `Can't listen on 127.0.0.1:${port}: another program uses this port. Stop it, or set another port in the section server.`,
        "{ port: 0, host: 192.0.2.1, admin: { port: 0 } }":
          "Can't listen on 192.0.2.1: this machine does not have the address. Set another host in the section server."
      }
      for (const [server, sentence] of Object.entries(texts)) {
        const home = yield* folder(configuration(upstream).replace("{ port: 0 }", server))
        const { code, stderr } = yield* process_(["serve"], { cwd: home.path, env: secrets })
        expect(code).toBe(1)
        expect(stderr.trim().split("\n").at(-1)).toBe(sentence)
      }
    })
  )

  test(
    "where a folder can't be made, or does not exist",
    Effect.gen(function* () {
      const nowhere = yield* folder(
        configuration(upstream).replace("sqlite:./usher.db", "sqlite:/proc/none/deep/usher.db")
      )
      const served = yield* process_(["serve"], { cwd: nowhere.path, env: secrets })
      expect(served.code).toBe(5)
      expect(served.stderr).toContain("its folder /proc/none can't be created (NotFound)")
      const { file, path, database } = yield* folder(configuration(upstream))
      const db = yield* openDatabase(database)
      db.exec("CREATE TABLE t (x)")
      expect(yield* usher(["backup", `${path}/none/copy.db`, "--config", file], secrets)).toMatchObject({
        code: 1,
        stderr: `The folder ${path}/none does not exist. Create it first`
      })
      expect(yield* usher(["import", path, "--live", "la ", "--config", file], secrets)).toMatchObject({
        code: 2
      })
    })
  )
})
