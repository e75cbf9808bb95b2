/** Two relays on one Postgres, of which one is killed again and again, before an upstream that fails now and then. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Context, Effect, Fiber, Layer, Random, Redacted, Ref } from "effect"
import { SqlClient } from "effect/sql"
import { Budget as Core } from "@usher/core"
import * as Postgres from "@usher/engine/Postgres"
import { Faults, Ledger, Sandbox } from "@usher/sandbox"
import * as Server from "../../src/server/Server.ts"
import { deliver, folder, isolated, secrets, serve, until } from "../harness.ts"
import { onPostgres, postgres } from "../postgres.ts"

/** How often; a minute of it tells more. */
const kills = Number(process.env["USHER_TAKEOVER_KILLS"] ?? "3")

const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

/** Cuts before and after the call has acted, server errors, and an answer that breaks off; most calls pass. */
const faults = [
  { pass: true, times: 9 },
  { cut: "after", times: 1 },
  { pass: true, times: 7 },
  { status: 503, times: 1 },
  { pass: true, times: 11 },
  { cut: "before", times: 1 },
  { pass: true, times: 5 },
  { garbage: "truncated", times: 1 }
] as const

describe("two relays on one Postgres, one of them killed every few seconds", () => {
  it.live(
    "lose nothing that they acknowledged, invite nobody twice, and keep to the budget together",
    () =>
      Effect.gen(function* () {
        const { url, password } = yield* postgres
        const upstream = yield* Layer.build(
          Sandbox.layer({ secretKey: Redacted.make(secrets.SPOT_KEY), limits: Core.documented })
        )
        const ledger = Context.get(upstream, Ledger.Ledger)
        const script = Context.get(upstream, Faults.Faults)
        const sandboxUrl = yield* Effect.provide(Server.url, upstream)
        const home = yield* folder(onPostgres(sandboxUrl, url))
        const env = { ...secrets, PGPASSWORD: password, DATABASE_PASSWORD: password }
        const relays = [
          yield* Ref.make(yield* serve(home, env)),
          yield* Ref.make(yield* serve(home, env))
        ] as const

        const acknowledged = yield* Ref.make<ReadonlyArray<string>>([])
        const isOver = yield* Ref.make(false)
        /** A sender that tries the other relay when one does not answer, and comes back until it is told to stop. */
        const sender = Effect.fnUntraced(function* (lane: number) {
          for (let index = 0; !(yield* Ref.get(isOver)); index++) {
            const email = `person-${lane}-${index}@example.com`
            const relay = yield* Ref.get(relays[index % 2 === 0 ? 0 : 1])
            yield* deliver(relay.url, "svix", { email }, { id: `msg_${lane}_${index}` }).pipe(
              Effect.flatMap(({ status }) =>
                status === 202 ? Ref.update(acknowledged, (all) => [...all, email]) : Effect.void
              ),
              Effect.ignore
            )
            yield* Effect.sleep("20 millis")
          }
        })
        const senders = yield* Effect.forkChild(
          Effect.forEach([0, 1, 2, 3], sender, { concurrency: "unbounded", discard: true })
        )
        const startedAt = yield* Clock.currentTimeMillis
        for (let kill = 0; kill < kills; kill++) {
          yield* script.set([...faults, ...faults, ...faults])
          yield* Effect.sleep(2_000 + (yield* Random.nextIntBetween(0, 1_500)))
          const victim = relays[kill % 2 === 0 ? 0 : 1]
          yield* (yield* Ref.get(victim)).kill("SIGKILL")
          yield* Ref.set(victim, yield* serve(home, env))
        }
        const took = ((yield* Clock.currentTimeMillis) - startedAt) / 1_000
        yield* Ref.set(isOver, true)
        yield* Fiber.join(senders)
        yield* script.set([])

        // What was being sent when its relay was killed is leased for two minutes more: let them be over.
        const sql = Postgres.layer({ url: Redacted.make(url), password: Redacted.make(password) })
        const unfinished = SqlClient.SqlClient.use((sql) =>
          Effect.andThen(
            sql`UPDATE invitations SET due_at = 0 WHERE status = 'sending' AND due_at > (extract(epoch FROM now()) * 1000 + 60000)
              AND due_at < (extract(epoch FROM now()) * 1000 + 110000)`,
            sql<{ count: bigint }>`SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
              + (SELECT count(*) FROM invitations WHERE status IN ('pending', 'sending')) AS count`
          )
        ).pipe(Effect.map(([row]) => Number(row?.count)))
        yield* Effect.provide(
          until(unfinished, (count) => count === 0),
          sql
        )

        const state = yield* ledger.state
        const { accepted, refused, participants, duplicates, peoplePerCall } = state
        const people = yield* Ref.get(acknowledged)
        yield* say(
          `${kills} kills in ${took.toFixed(0)} s, ${people.length} acknowledged, ${participants.length} invited, ${accepted.calls} calls (${peoplePerCall.mean.toFixed(1)} people in each), at most ${accepted.busiest10s} in 10 s, ${refused} refused, ${duplicates.members} asked for again after an unknown outcome`
        )
        const invited = new Set(participants.map(({ member }) => member))
        expect(people.filter((email) => !invited.has(email))).toEqual([])
        expect(participants.filter(({ created }) => created !== 1)).toEqual([])
        expect(refused).toBe(0)
        expect(accepted.busiest10s).toBeLessThanOrEqual(100)
      }).pipe(isolated),
    600_000
  )
})
