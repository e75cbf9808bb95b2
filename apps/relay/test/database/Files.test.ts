/** What `usher` makes is its owner's alone, whatever the umask of its shell. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Option } from "effect"
import { DatabaseSync } from "node:sqlite"
import {
  configuration,
  deliver,
  folder,
  isolated,
  secrets,
  serve,
  start,
  until,
  usher as usherProcess
} from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

/** Processes that are spawned meanwhile begin with this umask. */
const withUmask = (mask: number) =>
  Effect.acquireRelease(
    Effect.sync(() => process.umask(mask)),
    (before) => Effect.sync(() => process.umask(before))
  )

/** `0600`, by path below the folder. */
const modes = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const names = yield* fs.readDirectory(folder, { recursive: true })
  const entries = yield* Effect.forEach(names.toSorted(), (name) =>
    Effect.map(fs.stat(`${folder}/${name}`), ({ mode }) => [name, (mode & 0o777).toString(8)] as const)
  )
  return Object.fromEntries(entries)
})

const nested = configuration("http://127.0.0.1:1").replace("sqlite:./usher.db", "sqlite:./kept/deep/usher.db")

const database = { kept: "700", "kept/deep": "700", "kept/deep/usher.db": "600" }

describe.each([
  ["022", 0o022],
  ["000", 0o000]
] as const)("with the umask %s", (_name, mask) => {
  it.live(
    "the folders, the database and the files beside it are nobody else's while the relay runs",
    () =>
      Effect.gen(function* () {
        const home = yield* folder(nested)
        yield* withUmask(mask)
        const relay = yield* serve(home)
        yield* deliver(relay.url, "token", { people: [{ email: "a@example.com" }] })
        const { "usher.yaml": _, ...made } = yield* modes(home.path)
        expect(made).toEqual({
          ...database,
          "kept/deep/usher.db-lock": "600",
          "kept/deep/usher.db-shm": "600",
          "kept/deep/usher.db-wal": "600"
        })
        expect(relay.output.stderr).not.toContain("Other users")
      }).pipe(isolated),
    patience
  )

  it.live(
    "so is what usher migrate makes, and a backup, also while it is written",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const home = yield* folder(nested)
        yield* withUmask(mask)
        expect(yield* usherProcess(["migrate"], { cwd: home.path, env: secrets })).toMatchObject({ code: 0 })
        const { "usher.yaml": _, ...made } = yield* modes(home.path)
        expect(made).toEqual(database)
        yield* Effect.sync(() => fill(`${home.path}/kept/deep/usher.db`))

        yield* fs.writeFileString(`${home.path}/copy.db`, "the one before")
        yield* fs.chmod(`${home.path}/copy.db`, 0o644)
        const backup = yield* start(["backup", "copy.db", "--force"], { cwd: home.path, env: secrets })
        const partial = `${home.path}/copy.db.partial`
        const seen = yield* until(Effect.option(fs.stat(partial)), Option.isSome)
        expect(Option.map(seen, ({ mode }) => mode & 0o777)).toEqual(Option.some(0o600))
        const growing = yield* until(fs.stat(partial), ({ size }) => Number(size) > 0)
        expect(growing.mode & 0o777).toBe(0o600)
        expect(yield* backup.ended).toMatchObject({ code: 0 })
        expect((yield* modes(home.path))["copy.db"]).toBe("600")
      }).pipe(isolated),
    patience
  )
})

/** So much that its copy takes a moment. */
const fill = (file: string) => {
  const db = new DatabaseSync(file)
  db.exec("CREATE TABLE filler (value BLOB)")
  db.exec(`INSERT INTO filler WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    SELECT randomblob(50000) FROM n`)
  db.close()
}

describe("a folder and a database that others have rights on", () => {
  const widened = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = yield* folder(configuration("http://127.0.0.1:1"))
    yield* usher(["migrate"], { cwd: home.path, env: secrets })
    yield* fs.chmod(home.path, 0o755)
    yield* fs.chmod(home.database, 0o640)
    const warnings = [
      `Other users of this machine have access to the folder ${home.path} (mode 0755): keep the database in a folder of its own with mode 0700`,
      `Other users of this machine have access to the file ${home.database} (mode 0640): run chmod 0600 ${home.database}`
    ]
    return { ...home, warnings }
  })

  it.live(
    "stay as they are, and the start says so once",
    () =>
      Effect.gen(function* () {
        const { warnings, ...home } = yield* widened
        const { output } = yield* serve(home)
        const warned = output.stderr.split("\n").filter((line) => line.includes("Other users"))
        expect(warned.map((line) => JSON.parse(line))).toEqual(
          warnings.map((message) =>
            expect.objectContaining({ level: "warn", message: `database: ${message}` })
          )
        )
        const fs = yield* FileSystem.FileSystem
        expect((yield* fs.stat(home.path)).mode & 0o777).toBe(0o755)
        expect((yield* fs.stat(home.database)).mode & 0o777).toBe(0o640)
      }).pipe(isolated),
    patience
  )

  it.live(
    "are named by usher check, which is content with them all the same",
    () =>
      Effect.gen(function* () {
        const { warnings, path } = yield* widened
        const options = { cwd: path, env: secrets }
        const told = yield* usher(["check", "--json"], options)
        expect(told.code).toBe(0)
        const { ok, warnings: found } = JSON.parse(told.stdout)
        expect(ok).toBe(true)
        for (const reason of warnings)
          expect(found).toContainEqual({ rule: "readable-database", path: "database", line: 3, reason })
        const { stdout } = yield* usher(["check"], options)
        for (const reason of warnings) expect(stdout).toContain(`\n! line 3, database: ${reason}\n`)
      }).pipe(isolated),
    patience
  )
})
