/** A job of a relay that is killed, and the command that follows it. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, connect as dial } from "node:net"
import { admin, tokens } from "../../admin/harness.ts"
import {
  configuration,
  deliver,
  folder,
  isolated,
  openDatabase,
  sandbox,
  secrets,
  serve,
  start,
  until
} from "../../harness.ts"

/** A job works on 1,000 at a time, so these are two steps. */
const people = Array.from({ length: 1_500 }, (_, index) => ({ email: `person-${index}@example.com` }))

/** The second step of a job never ends. SQLite allows `WITH RECURSIVE` in a trigger in a view alone. */
const endless = `
  CREATE VIEW numbers AS WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT n FROM number;
  CREATE TRIGGER endless AFTER UPDATE OF mark ON jobs WHEN OLD.done > 0 BEGIN SELECT max(n) FROM numbers; END`

/** One address for a relay that starts anew, as a load balancer has. */
const balancer = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly to: (relay: string) => void; readonly close: () => void }>(
    (resume) => {
      let port = 0
      const server = createServer((client) => {
        const relay = dial(port, "127.0.0.1")
        client.on("error", () => relay.destroy()).pipe(relay)
        relay.on("error", () => client.destroy()).pipe(client)
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const own = typeof address === "object" && address !== null ? address.port : 0
        resume(
          Effect.succeed({
            url: `http://127.0.0.1:${own}`,
            to: (relay) => void (port = Number(new URL(relay).port)),
            close: () => server.close()
          })
        )
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)

it.live(
  "a job goes on where it was when its relay is killed in the middle, and the command waits for it",
  () =>
    Effect.gen(function* () {
      const { url } = yield* sandbox
      const home = yield* folder(configuration(url) + admin)
      const env = { ...secrets, ...tokens }
      const before = yield* serve(home, env)
      expect(yield* deliver(before.url, "token", { people })).toMatchObject({ status: 200 })
      const database = yield* openDatabase(home.database)
      const statuses = Effect.sync(() =>
        Object.fromEntries(
          database
            .prepare("SELECT status, count(*) AS count FROM invitations GROUP BY status")
            .all()
            .map(({ status, count }) => [status, count])
        )
      )
      yield* until(statuses, ({ invited }) => invited === people.length)
      database.exec("UPDATE invitations SET status = 'exhausted', state = 'finished'")
      database.exec(endless)

      const front = yield* balancer
      front.to(before.url)
      const command = yield* start(["replay", "--all", "--yes"], {
        env: { USHER_URL: front.url, USHER_TOKEN: tokens.OPERATE_TOKEN }
      })
      yield* until(
        Effect.sync(() => database.prepare("SELECT done FROM jobs").get()?.["done"]),
        (done) => done === 1_000
      )
      database.exec("PRAGMA busy_timeout = 0")
      yield* until(
        Effect.exit(Effect.try(() => database.exec("BEGIN IMMEDIATE; ROLLBACK"))),
        ({ _tag }) => _tag === "Failure"
      )
      yield* before.kill("SIGKILL")
      yield* before.ended
      expect((yield* statuses)["exhausted"]).toBe(500)
      yield* until(
        Effect.sync(() => command.output.stderr),
        (said) => said.includes("The relay does not answer. The command asks again for 5 minutes")
      )
      database.exec("DROP TRIGGER endless; DROP VIEW numbers")

      const after = yield* serve(home, env)
      front.to(after.url)
      expect(yield* command.ended).toEqual({ code: 0, signal: null })
      expect(command.output.stdout).toContain("Queued 1,500 invitations.")
      expect(database.prepare("SELECT state, done, total FROM jobs").all()).toEqual([
        { state: "done", done: people.length, total: people.length }
      ])
      expect(yield* statuses).not.toHaveProperty("exhausted")
    }).pipe(isolated),
  180_000
)
