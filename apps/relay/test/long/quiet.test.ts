/** What a relay logs while its database is down, and nothing is posted. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { startPostgres } from "../../../../packages/engine/test/postgresServer.ts"
import { deliver, folder, isolated, secrets, serve, until } from "../harness.ts"
import { isLong } from "../long.ts"
import { onPostgres } from "../postgres.ts"

/** How long it is down. */
const down = isLong ? 65 : 8

it.live(
  `while Postgres is down for ${down} seconds the log says so once, once a minute, and when it is over`,
  () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => startPostgres()),
        (server) => Effect.promise(() => server.remove())
      )
      const url = new URL(server.url)
      const { password } = url
      url.password = ""
      const home = yield* folder(onPostgres("http://127.0.0.1:1", url.href))
      const relay = yield* serve(home, { ...secrets, DATABASE_PASSWORD: password, LOG_FORMAT: "json" })
      yield* until(
        Effect.sync(() => relay.output.stderr),
        (said) => said.includes("this relay acquired leadership")
      )
      const before = relay.output.stderr.length
      yield* Effect.promise(() => server.stop())
      yield* Effect.sleep(`${down} seconds`)
      const lines = relay.output.stderr.slice(before).trim().split("\n")
      yield* Effect.sync(() =>
        process.stdout.write(
          `${down} s without Postgres: ${lines.length} lines, ${lines.join("\n").length} bytes\n`
        )
      )
      const troubles = lines.filter((line) => line.includes("The database can't be used"))
      expect(troubles).toHaveLength(isLong ? 2 : 1)
      // The lead is lost with the database: one line for each change of state.
      expect(lines.length).toBeLessThanOrEqual(troubles.length + 2)
      expect(lines.filter((line) => line.length > 600)).toEqual([])

      yield* Effect.promise(() => server.start())
      const restarted = Date.now()
      yield* until(
        deliver(relay.url, "token", { people: [{ email: "ann@example.com" }] }),
        ({ status }) => status === 200
      )
      yield* until(
        Effect.sync(() => relay.output.stderr),
        (said) => said.includes("The database can be used again")
      )
      expect(Date.now() - restarted).toBeLessThan(10_000)
    }).pipe(isolated),
  120_000
)
