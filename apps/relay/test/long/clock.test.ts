/** The clock of a relay's machine is set while it runs, and while it is down. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { Faults, Ledger, Sandbox } from "@usher/sandbox"
import * as Server from "../../src/server/Server.ts"
import { canFake, fakeClock } from "../faketime.ts"
import { configuration, deliver, folder, isolated, openDatabase, secrets, serve, until } from "../harness.ts"
import { isLong } from "../long.ts"

/** Jumps of the clock, from where it is right. */
const jumps = isLong ? ["+2h", "+0", "-2h", "+0", "+30m", "-1h", "+30h", "+0"] : ["+2h", "+0"]

/** Calls in any 10 seconds. */
const per10s = 20

const relayWith = Effect.fnUntraced(function* (spot: string) {
  const upstream = yield* Layer.build(
    Sandbox.layer({
      secretKey: Redacted.make(secrets.SPOT_KEY),
      limits: [{ calls: per10s, window: "10 seconds" }]
    })
  )
  const home = yield* folder(configuration(yield* Effect.provide(Server.url, upstream), spot))
  const clock = yield* fakeClock
  const ledger = Context.get(upstream, Ledger.Ledger)
  const faults = Context.get(upstream, Faults.Faults)
  return { home, clock, ledger, faults, start: serve(home, { ...secrets, ...clock.env }) }
})

const sendAll = (url: string, from: number, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => from + index),
    (number) =>
      Effect.map(
        deliver(url, "token", { people: [{ email: `person-${number}@example.com` }] }),
        ({ status }) => expect(status).toBe(200)
      ),
    { discard: true, concurrency: 8 }
  )

describe.skipIf(!canFake)("a clock that is set by hours", () => {
  it.live(
    "breaks no window, stops nothing, and is in the log once for each time",
    () =>
      Effect.gen(function* () {
        const { clock, ledger, start } = yield* relayWith(`, batchSize: 1, budget: { per10s: ${per10s} }`)
        const relay = yield* start
        let sent = per10s
        yield* sendAll(relay.url, 0, sent)
        const count = Effect.map(ledger.state, ({ participants }) => participants.length)
        const said = () => relay.output.stderr.match(/the system clock was set [^"]*/g) ?? []
        for (const [index, jump] of jumps.entries()) {
          yield* clock.set(jump)
          yield* sendAll(relay.url, sent, 5)
          sent += 5
          yield* until(count, (found) => found >= sent)
          // The clock is read once a second: one that is set back sooner has not changed.
          yield* until(Effect.sync(said), ({ length }) => length > index)
        }
        const { accepted, refused } = yield* ledger.state
        expect(refused).toBe(0)
        expect(accepted.busiest10s).toBeLessThanOrEqual(per10s)
        expect(said()).toHaveLength(jumps.length)
        expect(said().slice(0, 2)).toEqual([
          "the system clock was set forward by 2h",
          "the system clock was set back by 2h"
        ])
      }).pipe(isolated),
    isLong ? 600_000 : 60_000
  )

  it.live(
    "back, while a killed relay is down: what it was sending is due when a lease is over, and the rest at once",
    () =>
      Effect.gen(function* () {
        const { clock, faults, home, ledger, start } = yield* relayWith(
          ", batchSize: 1, concurrency: 4, timeout: 1 second"
        )
        yield* faults.set([{ delay: Duration.minutes(1), times: 4 }])
        yield* clock.set("+1h")
        const relay = yield* start
        yield* sendAll(relay.url, 0, 8)
        const database = yield* openDatabase(home.database)
        const leased = Effect.sync(() =>
          database
            .prepare("SELECT count(*) AS count, max(due_at) AS due FROM invitations WHERE status = 'sending'")
            .get()
        )
        yield* until(leased, (found) => Number(found?.["count"]) === 4)
        yield* relay.kill("SIGKILL")
        yield* relay.ended
        yield* faults.set([])
        yield* clock.set("+0")
        yield* start
        yield* until(ledger.state, ({ participants }) => participants.length >= 4)
        const lease = 91_000
        const left = Number((yield* leased)?.["due"]) - Date.now()
        expect(left).toBeLessThanOrEqual(lease)
        expect(left).toBeGreaterThan(lease - 60_000)
        // Not by what the upstream has: it may have acted on a call that was cut.
        if (isLong) yield* until(leased, (found) => Number(found?.["count"]) === 0)
      }).pipe(isolated),
    isLong ? 180_000 : 60_000
  )
})
