/** One relay serves a SQLite file, and only as long as it is the file that it has opened. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpClient } from "effect/http"
import { existsSync, rmSync } from "node:fs"
import {
  configuration,
  deliver,
  folder,
  isolated,
  sandbox,
  secrets,
  serve,
  until,
  usher as usherProcess
} from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

it.live(
  "a second relay on a SQLite file refuses to start and names the first; commands work, and so does a start after kill -9",
  () =>
    Effect.gen(function* () {
      const { url } = yield* sandbox
      const home = yield* folder(configuration(url))
      const first = yield* serve(home)
      const options = { cwd: home.path, env: secrets }
      const second = yield* usherProcess(["serve"], options)
      expect(second.code).not.toBe(0)
      expect(second.stderr).toMatch(/usher\.db is in use by/)
      if (existsSync("/proc/locks")) expect(second.stderr).toContain(`(process ${first.pid})`)
      expect(yield* usher(["invitations", "list"], options)).toMatchObject({ code: 0 })
      expect(yield* usher(["check"], options)).toMatchObject({ code: 0 })
      expect(yield* deliver(first.url, "svix", { email: "a@example.com" })).toMatchObject({ status: 202 })
      yield* first.kill("SIGKILL")
      yield* first.ended
      const third = yield* serve(home)
      expect(yield* deliver(third.url, "svix", { email: "b@example.com" })).toMatchObject({ status: 202 })
    }).pipe(isolated),
  patience
)

it.live(
  "a relay whose database files are removed acknowledges nothing more, and is not ready",
  () =>
    Effect.gen(function* () {
      const { url } = yield* sandbox
      const home = yield* folder(configuration(url))
      const relay = yield* serve(home)
      expect(yield* deliver(relay.url, "svix", { email: "a@example.com" })).toMatchObject({ status: 202 })
      const ready = Effect.flatMap(HttpClient.get(`${relay.url}/readyz`), (response) =>
        Effect.map(response.text, (text) => ({ status: response.status, text }))
      )
      expect(yield* ready).toMatchObject({ status: 200 })
      for (const suffix of ["", "-wal", "-shm"]) rmSync(home.database + suffix)
      expect(yield* deliver(relay.url, "svix", { email: "b@example.com" })).toMatchObject({ status: 503 })
      const { text } = yield* until(ready, ({ status }) => status === 503)
      expect(text).toMatch(/usher\.db was removed/)
    }).pipe(isolated),
  patience
)
