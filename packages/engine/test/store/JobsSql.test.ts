/** Jobs: work on a selection in steps that survive the end of a relay. */
import { expect } from "@effect/vitest"
import { Effect, Layer, type Scope } from "effect"
import { SqlClient, SqlError } from "effect/sql"
import { TestClock } from "effect/testing"
import { JobRunner, Jobs } from "../../src/index.ts"
import { onEach } from "../databases.ts"
import { alice, delivery, eventually, people, statuses, store } from "../fixtures.ts"

const use = <A, E, R>(act: (jobs: Jobs.Jobs["Service"]) => Effect.Effect<A, E, R>) => Jobs.Jobs.use(act)
const begin = (work: Jobs.Work, beginning: Partial<Jobs.Beginning> = {}) =>
  use((jobs) => jobs.begin(work, { by: "ada", ...beginning }))
const step = (id: string) => use((jobs) => jobs.step(id))
const get = (id: string) => use((jobs) => Effect.flatMap(jobs.get(id), Effect.fromNullishOr))

/** So many steps of 1,000 rows have a rest of 500. */
const batches = 3
const rows = batches * 1_000 - 500

/** Dead letters of so many people. */
const deadLetters = (count = rows) =>
  Effect.gen(function* () {
    yield* store(people(count), { deliveryId: "many" })
    const sql = yield* SqlClient.SqlClient
    yield* sql`UPDATE invitations SET status = 'exhausted', state = 'finished', settled_at = 0`
    yield* TestClock.adjust("1 minute")
  })

/** Stops at once whatever the runner does, as a kill does. */
const killed = <A, E, R>(work: Effect.Effect<A, E, R | Scope.Scope>) =>
  Effect.andThen(Layer.build(JobRunner.layer), work).pipe(Effect.scoped)

const replayAll: Jobs.Work = { kind: "replay", selection: { all: true } }

onEach((test) => {
  test("a job does exactly what its plan counted, step by step", (_, operations) =>
    Effect.gen(function* () {
      yield* deadLetters()
      const plan = yield* operations.plan({ all: true })
      const { id } = yield* begin(
        { kind: "replay", selection: { all: true, asOf: plan.asOf } },
        { total: plan.invitations }
      )
      yield* store([alice], { deliveryId: "later" })
      for (let steps = 1; steps <= batches; steps++) {
        expect(yield* step(id)).toBe(true)
        expect(yield* get(id)).toMatchObject({ state: "running", done: Math.min(rows, steps * 1_000) })
      }
      expect(yield* step(id)).toBe(true)
      expect(yield* step(id)).toBe(false)
      const done = yield* get(id)
      expect(done).toMatchObject({ state: "done", done: plan.invitations, total: rows, by: "ada" })
      expect(done.endedAt).not.toBeNull()
      expect(yield* statuses("invitations")).toEqual({ pending: rows + 1 })
    }))

  test("a relay that ends in the middle leaves the rest to the next one", () =>
    Effect.gen(function* () {
      yield* deadLetters()
      const { id } = yield* begin(replayAll)
      yield* killed(eventually(get(id), ({ done }) => done > 0))
      const { done } = yield* get(id)
      const { pending = 0 } = yield* statuses("invitations")
      expect(pending).toBe(done)
      yield* killed(eventually(get(id), ({ state }) => state === "done"))
      expect(yield* get(id)).toMatchObject({ done: rows })
      expect(yield* statuses("invitations")).toEqual({ pending: rows })
    }))

  test("a step that fails changes neither the rows nor the mark", () =>
    Effect.gen(function* () {
      yield* deadLetters(10)
      const { id } = yield* begin(replayAll)
      const sql = yield* SqlClient.SqlClient
      const failed = sql.withTransaction(
        Effect.andThen(step(id), Effect.fail("the transaction does not commit" as const))
      )
      expect(yield* Effect.flip(failed)).toBe("the transaction does not commit")
      expect(yield* statuses("invitations")).toEqual({ exhausted: 10 })
      expect(yield* get(id)).toMatchObject({ state: "running", done: 0 })
      yield* step(id)
      expect(yield* get(id)).toMatchObject({ done: 10 })
    }))

  test("two relays work on one job without doing anything twice", () =>
    Effect.gen(function* () {
      yield* deadLetters()
      const { id } = yield* begin(replayAll)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* Layer.build(Layer.fresh(JobRunner.layer))
          yield* Layer.build(Layer.fresh(JobRunner.layer))
          yield* eventually(get(id), ({ state }) => state === "done")
        })
      )
      expect(yield* get(id)).toMatchObject({ done: rows })
      expect(yield* statuses("invitations")).toEqual({ pending: rows })
    }))

  test("a paused job does no step until it is resumed, and a stopped one never goes on", () =>
    Effect.gen(function* () {
      yield* deadLetters()
      const { id } = yield* begin(replayAll)
      yield* step(id)
      expect(yield* use((jobs) => jobs.pause(id))).toMatchObject({ state: "paused", done: 1_000 })
      expect(yield* step(id)).toBe(false)
      expect(yield* use((jobs) => jobs.running)).toEqual([])
      expect(yield* use((jobs) => jobs.resume(id))).toMatchObject({ job: { state: "running" } })
      expect(yield* step(id)).toBe(true)
      expect(yield* use((jobs) => jobs.stop(id))).toMatchObject({ state: "stopped", done: 2_000 })
      expect(yield* use((jobs) => jobs.resume(id))).toMatchObject({ job: { state: "stopped" } })
      expect(yield* step(id)).toBe(false)
      expect(yield* statuses("invitations")).toEqual({ pending: 2_000, exhausted: rows - 2_000 })
    }))

  test("the runner begins a new job at once, and a resumed one", () =>
    Effect.gen(function* () {
      yield* deadLetters(3)
      yield* killed(
        Effect.gen(function* () {
          const first = yield* begin({ kind: "cancel", selection: { all: true } })
          yield* eventually(get(first.id), ({ state }) => state === "done")
          const second = yield* begin(replayAll)
          yield* eventually(get(second.id), ({ done }) => done === 3)
        })
      )
    }))

  test("maps webhooks again, and cancels in the name of who began", (inbox) =>
    Effect.gen(function* () {
      yield* inbox.accept(delivery({ deliveryId: "unmappable" }))
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE webhooks SET status = 'unmappable'`
      const remap = yield* begin({ kind: "remap", selection: { source: "form" } })
      yield* step(remap.id)
      expect(yield* statuses("webhooks")).toEqual({ received: 1 })
      expect(yield* get(remap.id)).toMatchObject({ done: 1, selection: { conditions: { source: "form" } } })
      yield* store([alice], { deliveryId: "1" })
      yield* TestClock.adjust("1 minute")
      const cancel = yield* begin({ kind: "cancel", selection: { live: alice.liveId } })
      yield* step(cancel.id)
      expect(yield* sql`SELECT status, cancelled_by FROM invitations`).toEqual([
        { status: "cancelled", cancelled_by: "ada" }
      ])
    }))

  test("an empty selection selects nothing", () =>
    Effect.gen(function* () {
      yield* deadLetters(2)
      const { id } = yield* begin({ kind: "replay", selection: {} })
      expect(yield* step(id)).toBe(true)
      expect(yield* get(id)).toMatchObject({ state: "done", done: 0 })
      expect(yield* statuses("invitations")).toEqual({ exhausted: 2 })
    }))

  test("keeps no address: a person is a keyed hash, and forgetting stops a job that names them", (_, operations) =>
    Effect.gen(function* () {
      yield* deadLetters(3)
      const address = "person-1@example.com"
      const byPerson = yield* begin({ kind: "replay", selection: { person: ` Person-1@Example.com` } })
      const byText = yield* begin({ kind: "remap", selection: { text: address } })
      const byIds = yield* begin({ kind: "replay", selection: { ids: ["inv_1", "inv_2"] } })
      const sql = yield* SqlClient.SqlClient
      const stored = JSON.stringify(yield* sql`SELECT * FROM jobs WHERE id <> ${byText.id}`)
      expect(stored.toLowerCase()).not.toContain("person-1")
      expect(byPerson.selection).toMatchObject({ person: true })
      expect(byIds.selection).toMatchObject({ ids: 2 })
      yield* step(byPerson.id)
      expect(yield* statuses("invitations")).toEqual({ pending: 1, exhausted: 2 })
      expect(yield* operations.forgetPlan(address)).toMatchObject({ reasons: 1 })
      expect(yield* operations.forget(address)).toMatchObject({ reasons: 1 })
      expect(JSON.stringify(yield* sql`SELECT * FROM jobs`).toLowerCase()).not.toContain("person-1")
      expect(yield* get(byText.id)).toMatchObject({
        state: "stopped",
        selection: { conditions: {} },
        reason: "removed: it named a person who was forgotten"
      })
      expect(yield* step(byText.id)).toBe(false)
    }))

  test("the result of a job is reported once, and again where the report fails", () =>
    Effect.gen(function* () {
      const { id } = yield* begin({ kind: "replay", selection: {} }, { act: "aud_1" })
      const reported: Array<string> = []
      const report = use((jobs) =>
        jobs.report((act, { done, state }) =>
          Effect.sync(() => void reported.push(`${act} ${state} ${done}`))
        )
      )
      expect(yield* report).toBe(false)
      yield* step(id)
      const broken = use((jobs) =>
        jobs.report(() =>
          Effect.fail(
            new SqlError.SqlError({
              reason: new SqlError.UnknownError({ cause: undefined, message: "no", operation: "test" })
            })
          )
        )
      )
      expect(yield* Effect.flip(broken)).toMatchObject({ _tag: "InboxUnavailable" })
      expect(yield* report).toBe(true)
      expect(yield* report).toBe(false)
      expect(reported).toEqual(["aud_1 done 0"])
    }))

  test("the record of a resumption waits for the result, unless an earlier record does", () =>
    Effect.gen(function* () {
      const { id } = yield* begin({ kind: "replay", selection: {} }, { act: "aud_1" })
      const resume = (act?: string) =>
        Effect.map(
          use((jobs) => jobs.resume(id, act)),
          ({ isActWaiting }) => isActWaiting
        )
      expect(yield* resume("aud_2")).toBe(false)
      yield* use((jobs) => jobs.pause(id))
      expect(yield* resume("aud_2")).toBe(false)
      const reported: Array<string> = []
      const report = use((jobs) => jobs.report((act) => Effect.sync(() => void reported.push(act))))
      yield* step(id)
      yield* report
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE jobs SET state = 'failed'`
      expect(yield* resume("aud_2")).toBe(true)
      yield* step(id)
      yield* report
      expect(reported).toEqual(["aud_1", "aud_2"])
      yield* sql`UPDATE jobs SET state = 'failed'`
      expect(yield* resume()).toBe(false)
      expect((yield* use((jobs) => jobs.resume("job_none", "aud_3"))).job).toBeUndefined()
    }))

  test("a job that can't be read fails with the reason, the others go on, and it can be resumed", () =>
    Effect.gen(function* () {
      yield* deadLetters(2)
      const { id } = yield* begin(replayAll)
      const sql = yield* SqlClient.SqlClient
      yield* sql`UPDATE jobs SET selection = 'no JSON'`
      const other = yield* begin(replayAll)
      yield* killed(eventually(get(other.id), ({ state }) => state === "done"))
      expect(yield* get(id)).toMatchObject({
        state: "failed",
        reason: "this version can't read its selection",
        done: 0
      })
      yield* sql`UPDATE jobs SET selection = (SELECT selection FROM jobs WHERE id = ${other.id})`
      expect(yield* use((jobs) => jobs.resume(id))).toMatchObject({ job: { state: "running", reason: null } })
      yield* step(id)
      yield* step(id)
      expect(yield* get(id)).toMatchObject({ state: "done", done: 0 })
    }))

  test("lists the newest first, page by page, and deletes ended jobs after 30 days", () =>
    Effect.gen(function* () {
      const ids: Array<string> = []
      for (let count = 0; count < 3; count++) {
        ids.unshift((yield* begin({ kind: "replay", selection: {} })).id)
        yield* TestClock.adjust("1 second")
      }
      const page = (after?: string) => use((jobs) => jobs.list({ limit: 2, after }))
      const first = yield* page()
      const second = yield* page(first.next ?? expect.unreachable())
      expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
      expect(second.next).toBeNull()
      yield* step(ids[0] ?? "")
      yield* TestClock.adjust("29 days")
      expect(yield* use((jobs) => jobs.trim)).toBe(0)
      yield* TestClock.adjust("1 day")
      expect(yield* use((jobs) => jobs.trim)).toBe(1)
      expect((yield* page()).items.map(({ id }) => id)).toEqual(ids.slice(1))
    }))
})
