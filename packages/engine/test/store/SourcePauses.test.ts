import { expect } from "@effect/vitest"
import { DateTime, Effect, Fiber, PubSub } from "effect"
import { SqlClient } from "effect/sql"
import { type Inbox, SourcePauses, SourcePausesSql } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { alice, delivery, firstOf, statuses } from "../fixtures.ts"

const layer = SourcePausesSql.layer

const control = <A, E>(use: (control: SourcePauses.SourcePauses["Service"]) => Effect.Effect<A, E>) =>
  SourcePauses.SourcePauses.use(use).pipe(Effect.provide(layer))

const pause = (source = "form") => control(({ pause }) => pause(source, { by: "ada", reason: "new form" }))
const resume = (source = "form") => control(({ resume }) => resume(source))
const list = control(({ list }) => list)

/** Accepts so many webhooks of a source; their ids. */
const accept = (inbox: Inbox.Inbox["Service"], source: string, count: number) =>
  Effect.map(
    Effect.forEach(
      Array.from({ length: count }),
      (_, at) => inbox.accept(delivery({ source, deliveryId: `${source}-${at}` })),
      { concurrency: "unbounded" }
    ),
    (accepted) => accepted.map(({ id }) => id).toSorted()
  )

const ids = (inbox: Inbox.Inbox["Service"]) =>
  Effect.map(inbox.received(5_000), (webhooks) => webhooks.map(({ id }) => id))

onEach((test) => {
  test("a paused source accepts and holds, and the others go on", (inbox, operations) =>
    Effect.gen(function* () {
      const [before] = yield* accept(inbox, "form", 1)
      expect(yield* pause()).toBe(true)
      const [after] = [yield* inbox.accept(delivery({ deliveryId: "later" }))]
      const others = yield* accept(inbox, "other", 2)
      expect(yield* ids(inbox)).toEqual(others)
      for (const id of [before, after.id])
        expect(yield* operations.webhook(id ?? "")).toMatchObject({ status: "held" })
      expect(yield* list).toEqual([
        {
          source: "form",
          since: yield* DateTime.now,
          by: "ada",
          reason: "new form",
          held: 2,
          isResuming: false
        }
      ])
      expect(yield* statuses("webhooks")).toEqual({ held: 2, received: 2 })
    }))

  test("what comes again to a paused source is a duplicate", (inbox) =>
    Effect.gen(function* () {
      yield* pause()
      const first = yield* inbox.accept(delivery())
      expect(yield* ids(inbox)).toEqual([])
      expect(yield* inbox.accept(delivery())).toEqual({ id: first.id, duplicate: true })
    }))

  test("what was being mapped when its source was paused is held", (inbox, operations) =>
    Effect.gen(function* () {
      yield* inbox.accept(delivery())
      const webhook = yield* firstOf(inbox.received(1))
      yield* pause()
      yield* inbox.map(webhook, { status: "mapped", invitations: [alice], reason: null }, { spot: "main" })
      expect(yield* operations.invitations(webhook.id)).toEqual([])
      expect(yield* operations.webhook(webhook.id)).toMatchObject({ status: "held" })
    }))

  test("a source that resumes is mapped from the oldest on, however much was held", (inbox) =>
    Effect.gen(function* () {
      yield* pause()
      const held = yield* accept(inbox, "form", 2_500)
      expect(yield* ids(inbox)).toEqual([])
      expect(yield* resume()).toBe(true)
      expect(yield* list).toMatchObject([{ held: 2_500, isResuming: true }])
      expect(yield* ids(inbox)).toEqual(held.slice(0, 1_000))
      yield* ids(inbox)
      expect(yield* ids(inbox)).toEqual(held)
      expect(yield* list).toEqual([])
      expect(yield* resume()).toBe(false)
    }))

  test("a source that is paused again while it resumes holds what is left", (inbox) =>
    Effect.gen(function* () {
      yield* pause()
      yield* accept(inbox, "form", 1_500)
      yield* ids(inbox)
      yield* resume()
      yield* inbox.received(1)
      expect(yield* pause()).toBe(true)
      expect(yield* pause()).toBe(false)
      expect(yield* ids(inbox)).toEqual([])
      expect(yield* list).toMatchObject([{ held: 1_500, isResuming: false }])
    }))

  test("the mapper is woken when a source resumes", (inbox) =>
    Effect.gen(function* () {
      const heard = yield* inbox.signals("received")
      const woken = yield* Effect.forkChild(PubSub.take(heard))
      const control = yield* SourcePauses.SourcePauses
      yield* control.pause("form", { by: "ada" })
      yield* control.resume("form")
      expect(yield* Fiber.join(woken)).toBe("received")
    }).pipe(Effect.scoped, Effect.provide(layer)))

  test("each webhook is touched once, however often the mapper looks", (inbox) =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* pause()
      yield* accept(inbox, "form", 3)
      yield* ids(inbox)
      yield* sql.onDialectOrElse({
        pg: () => Effect.void,
        orElse: () =>
          sql`CREATE TRIGGER touched BEFORE UPDATE ON webhooks BEGIN SELECT RAISE(ABORT, 'touched again'); END`
      })
      expect(yield* ids(inbox)).toEqual([])
      expect(yield* list).toMatchObject([{ held: 3 }])
    }))
})
