/** A pooler before Postgres that gives every transaction a server process of its choice. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { folder, isolated, sandbox, secrets, serve, usher as usherProcess } from "../harness.ts"
import { usher } from "../inProcess.ts"
import { hasPgBouncer, pgBouncer } from "../pgbouncer.ts"
import { onPostgres, postgres } from "../postgres.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const sentence = /a pooler in transaction or statement mode, but locks, LISTEN and prepared statements/

describe.each(["transaction", "statement"] as const)("PgBouncer before Postgres in %s mode", (mode) => {
  it.live.skipIf(!hasPgBouncer)(
    "is refused by usher check and at the start, with the reason",
    () =>
      Effect.gen(function* () {
        const { url, password } = yield* postgres
        const home = yield* folder(onPostgres("http://127.0.0.1:9", yield* pgBouncer(url, password, mode)))
        const env = { ...secrets, DATABASE_PASSWORD: password }
        const checked = yield* usher(["check"], { cwd: home.path, env })
        expect(checked.code).toBe(1)
        expect(checked.stdout + checked.stderr).toMatch(sentence)
        const started = yield* usherProcess(["serve"], { cwd: home.path, env })
        expect(started.code).not.toBe(0)
        expect(started.stderr).toMatch(sentence)
      }).pipe(isolated),
    patience
  )
})

describe("PgBouncer before Postgres in session mode", () => {
  it.live.skipIf(!hasPgBouncer)(
    "is as good as none",
    () =>
      Effect.gen(function* () {
        const { url, password } = yield* postgres
        const { url: sandboxUrl } = yield* sandbox
        const home = yield* folder(onPostgres(sandboxUrl, yield* pgBouncer(url, password, "session")))
        const env = { ...secrets, DATABASE_PASSWORD: password }
        expect(yield* usher(["check"], { cwd: home.path, env })).toMatchObject({ code: 0 })
        yield* serve(home, env)
      }).pipe(isolated),
    patience
  )
})
