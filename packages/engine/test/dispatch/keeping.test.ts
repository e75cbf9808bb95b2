/** Answers of calls that the database can't take: kept, retried, and never asked for again. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Layer, Logger, Ref } from "effect"
import { TestClock } from "effect/testing"
import { SqlClient } from "effect/sql"
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Dispatcher, Leadership, Operations, Spots, Troubles } from "../../src/index.ts"
import { layers } from "../databases.ts"
import { claim } from "../dispatching.ts"
import { alice, eventually, people, start, statuses, store, untilStatus } from "../fixtures.ts"

const dispatcher = (batchSize = 1) =>
  Dispatcher.layer().pipe(
    Layer.provide(
      Layer.unwrap(
        Effect.map(LiveParticipants.LiveParticipants, (participants) =>
          Spots.layerOf(Spots.make("main", participants, { budget: "unlimited", batchSize }))
        )
      )
    ),
    Layer.provide(Leadership.layerAlone)
  )

const calls = Effect.flatMap(LiveParticipantsTest.Recorder, ({ invitations }) => invitations)

/** Real errors of the database: calls are claimed still, and no answer can be stored. */
const breakIt = SqlClient.SqlClient.use((sql) => sql`ALTER TABLE attempts RENAME TO attempts_elsewhere`)
const mendIt = SqlClient.SqlClient.use((sql) => sql`ALTER TABLE attempts_elsewhere RENAME TO attempts`)

/** Messages with their level, of a relay that shares no troubles with those of other tests. */
const logged = Effect.map(Ref.make<ReadonlyArray<string>>([]), (lines) => ({
  lines: Ref.get(lines),
  layer: Layer.merge(
    Logger.layer([
      Logger.make(({ logLevel, message }) => {
        Effect.runSync(Ref.update(lines, (all) => [...all, `${logLevel} ${String(message)}`]))
      })
    ]),
    Layer.sync(Troubles.Troubles, Troubles.make)
  )
}))

const settled = Effect.replicateEffect(Effect.yieldNow, 1_000, { discard: true })

const upstream = (...script: ReadonlyArray<LiveParticipantsTest.Answer>) =>
  Effect.provide(LiveParticipantsTest.layerScripted(...script))

describe.each(Object.entries(layers))("on %s", (_, layer) => {
  it.effect("an answer is kept for as long as it takes, and its person is not called again", () =>
    Effect.gen(function* () {
      const { lines, layer: logger } = yield* logged
      yield* Effect.gen(function* () {
        const id = yield* store(people(3))
        yield* breakIt
        yield* start(dispatcher())
        yield* eventually(calls, ({ length }) => length === 3)
        yield* eventually(lines, (all) => all.some((line) => line.includes("keeps it in memory")))
        // Two leases and more.
        for (let minute = 0; minute < 5; minute++) {
          yield* TestClock.adjust("1 minute")
          yield* settled
        }
        expect(yield* calls).toHaveLength(3)
        yield* mendIt
        yield* TestClock.adjust("10 seconds")
        yield* eventually(
          TestClock.adjust("1 second").pipe(
            Effect.andThen(Operations.Operations.use((operations) => operations.invitations(id))),
            Effect.map((all) => all.map(({ status, attempts }) => `${status} ${attempts}`))
          ),
          (all) => all.length === 3 && all.every((one) => one === "invited 1")
        )
        for (const { id: invitation } of yield* Operations.Operations.use((operations) =>
          operations.invitations(id)
        )) {
          expect(
            yield* Operations.Operations.use((operations) => operations.attempts(invitation))
          ).toHaveLength(1)
        }
        expect(yield* calls).toHaveLength(3)
        yield* eventually(lines, (all) => all.some((line) => line.includes("kept in memory are stored")))
      }).pipe(Effect.provide(logger))
      const warnings = (yield* lines).filter((line) => line.startsWith("Warn"))
      // One for the change of state, one a minute while it lasts.
      expect(warnings.length).toBeGreaterThan(1)
      expect(warnings.length).toBeLessThanOrEqual(7)
    }).pipe(Effect.provide(layer), upstream())
  )

  it.effect("a relay that stops waits for what is kept, and stores it", () =>
    Effect.gen(function* () {
      const id = yield* store([alice])
      yield* breakIt
      const { stop } = yield* start(dispatcher())
      yield* eventually(calls, ({ length }) => length === 1)
      yield* settled
      const ended = yield* Deferred.make<void>()
      yield* Effect.forkChild(Effect.andThen(stop, Deferred.succeed(ended, undefined)), {
        startImmediately: true
      })
      yield* settled
      expect(yield* Deferred.isDone(ended)).toBe(false)
      yield* mendIt
      yield* eventually(
        Effect.andThen(TestClock.adjust("10 millis"), Deferred.isDone(ended)),
        (isDone) => isDone
      )
      expect(yield* untilStatus(id, "invited")).toMatchObject([{ attempts: 1 }])
    }).pipe(Effect.provide(layer), upstream())
  )

  it.effect("a relay that stops gives up at the end of the grace, and tells what is lost", () =>
    Effect.gen(function* () {
      const { lines, layer: logger } = yield* logged
      yield* Effect.gen(function* () {
        const id = yield* store([alice])
        yield* breakIt
        const { stop } = yield* start(dispatcher())
        yield* eventually(calls, ({ length }) => length === 1)
        yield* eventually(lines, (all) => all.some((line) => line.includes("keeps it in memory")))
        const ended = yield* Deferred.make<void>()
        yield* Effect.forkChild(Effect.andThen(stop, Deferred.succeed(ended, undefined)), {
          startImmediately: true
        })
        yield* settled
        expect(yield* Deferred.isDone(ended)).toBe(false)
        yield* eventually(
          Effect.andThen(TestClock.adjust("1 second"), Deferred.isDone(ended)),
          (isDone) => isDone
        )
        expect((yield* lines).filter((line) => line.includes("are lost"))).toEqual([
          "Error The answers of 1 call (1 invitation) are lost: the database did not store them before the relay stopped"
        ])
        // As after a crash: due again when the lease has ended, and the attempt is known.
        yield* mendIt
        yield* TestClock.adjust("3 minutes")
        expect(yield* claim()).toMatchObject([{ attempt: 2 }])
        expect(yield* untilStatus(id, "sending")).toMatchObject([{ lostCallAt: expect.anything() }])
      }).pipe(Effect.provide(logger))
    }).pipe(Effect.provide(layer), upstream())
  )
})

it.effect("with more than 1,000 invitations whose answers are kept, nothing more is called", () =>
  Effect.gen(function* () {
    const count = 2_200
    const id = yield* store(people(count))
    yield* breakIt
    yield* start(dispatcher(100))
    /** Calls that end together are waited for. */
    const passing = TestClock.adjust("5 millis")
    yield* eventually(Effect.andThen(passing, calls), ({ length }) => length > 1_000)
    yield* eventually(Effect.andThen(passing, settled), () => true)
    const before = (yield* calls).length
    yield* TestClock.adjust("1 minute")
    yield* settled
    expect((yield* calls).length).toBe(before)
    expect(before).toBeLessThan(count)
    yield* mendIt
    yield* eventually(
      Effect.andThen(TestClock.adjust("1 second"), statuses("invitations")),
      ({ invited }) => invited === count
    )
    expect(yield* calls).toHaveLength(count)
    expect(yield* untilStatus(id, "invited")).toHaveLength(count)
  }).pipe(Effect.provide(layers["SQLite in memory"]), upstream())
)
