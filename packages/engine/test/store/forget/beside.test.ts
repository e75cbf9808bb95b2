/** Where a person is named beside their own rows. */
import { describe, expect, it } from "@effect/vitest"
import { Array, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Operations, SpotControl } from "../../../src/index.ts"
import { layerNoting } from "../../countedClient.ts"
import { layerInboxSql, layerPostgres, layers, migratedPostgres, onEach } from "../../databases.ts"
import { claimOne, settle, settlement } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"
import { changedMeanwhile, locksIn } from "../../locked.ts"

const bo = "bo@example.com"

/** Plans, checks that the plan is what is done, and tells it. */
const forget = Effect.fnUntraced(function* (person: string) {
  const operations = yield* Operations.Operations
  const plan = yield* operations.forgetPlan(person)
  expect(yield* operations.forget(person)).toEqual(plan)
  return plan
})

/** Settles one call for each of so many people; their invitations in the order of their ids. */
const called = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  for (let at = 0; at < count; at++) {
    yield* store([{ ...alice, member: `person-${at}@example.com` }], { deliveryId: `called ${at}` })
    yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
  }
  return (yield* sql<{ id: string }>`SELECT id FROM invitations ORDER BY id`).map(({ id }) => id)
})

/** Records so many more calls for the invitation, which all were answered so. */
const recorded = Effect.fnUntraced(function* (invitation: string, count: number, answer: string) {
  const sql = yield* SqlClient.SqlClient
  const ids = Array.makeBy(count, (at) => `at_${String(at).padStart(4, "0")}`)
  const calls = Array.map(ids, (id) => ({ id, started_at: 0, duration_ms: 0, answer }))
  const parts = Array.map(ids, (id, at) => ({
    attempt_id: id,
    invitation_id: invitation,
    number: at + 2,
    error: answer,
    participant: null
  }))
  yield* sql`INSERT INTO attempts ${sql.insert(calls)}`
  yield* sql`INSERT INTO attempt_invitations ${sql.insert(parts)}`
})

interface Part {
  readonly error: string | null
  readonly participant: string | null
}

onEach((test) => {
  describe("forgetting a person", () => {
    test("takes them as an inviter, and puts those they invited with the others of their Live", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* store([{ ...alice, invitedBySpotMemberId: "M-0000001" }, ...people(1)], { deliveryId: "1" })
        yield* store([{ ...alice, liveId: "live-2", invitedBySpotMemberId: "M-0000002" }], {
          deliveryId: "2"
        })
        expect(
          yield* Operations.Operations.use((operations) =>
            operations.forget("M-0000001", { memberIds: [/M-\d+/] })
          )
        ).toMatchObject({
          inviters: 1
        })
        const rows = yield* sql<{
          invited_by: string | null
        }>`SELECT invited_by FROM invitations ORDER BY live_id`
        expect(rows.map(({ invited_by }) => invited_by)).toEqual([null, null, "M-0000002"])
        expect(yield* sql`SELECT DISTINCT batch_key FROM invitations WHERE live_id = 'live-1'`).toHaveLength(
          1
        )
      }))

    test("takes what an error says of them, the whole error where that is not enough, and no other", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const ids = yield* called(5)
        const named = `{"name":"${bo}"}`
        const parts: ReadonlyArray<Part> = [
          { error: `{"_tag":"Some","answer":"${bo} is blocked"}`, participant: null },
          { error: `{"_tag":"Some","detail":"${bo}"}`, participant: null },
          { error: `{"_tag":"Some","answer":"nobody"}`, participant: named },
          { error: `no JSON: ${bo}`, participant: '{"name":"carol"}' },
          { error: '{"_tag":"Some","answer":"nobody"}', participant: '{"name":"carol"}' }
        ]
        for (const [at, { error, participant }] of parts.entries()) {
          yield* sql`UPDATE attempt_invitations SET error = ${error}, participant = ${participant}
            WHERE invitation_id = ${ids[at] ?? ""}`
        }
        expect(yield* forget(bo)).toMatchObject({ attempts: 4 })
        const left =
          yield* sql<Part>`SELECT error, participant FROM attempt_invitations ORDER BY invitation_id`
        expect(left.map(({ error, participant }) => [error, participant])).toEqual([
          ['{"_tag":"Some"}', null],
          [null, null],
          ['{"_tag":"Some","answer":"nobody"}', null],
          [null, '{"name":"carol"}'],
          ['{"_tag":"Some","answer":"nobody"}', '{"name":"carol"}']
        ])
      }))

    test("takes it of the one part that names them, and keeps the others of the call and of the invitation", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [first = "", second = ""] = yield* called(2)
        const attempts = yield* sql<{ id: string }>`SELECT id FROM attempts ORDER BY id`
        const [one = "", other = ""] = attempts.map(({ id }) => id)
        const error = '{"_tag":"Some","answer":"nobody"}'
        yield* sql`UPDATE attempt_invitations SET error = ${error}`
        yield* sql`INSERT INTO attempt_invitations ${sql.insert([
          { attempt_id: other, invitation_id: first, number: 2, error, participant: null },
          { attempt_id: one, invitation_id: second, number: 2, error, participant: null }
        ])}`
        yield* sql`UPDATE attempt_invitations SET error = ${bo} WHERE invitation_id = ${first} AND attempt_id = ${one}`
        expect(yield* forget(bo)).toMatchObject({ attempts: 1 })
        const left =
          yield* sql<Part>`SELECT error FROM attempt_invitations ORDER BY invitation_id, attempt_id`
        expect(left.map((part) => part.error)).toEqual([null, error, error, error])
      }))

    test("takes the answer of a call that names them, and counts none of their own twice", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* called(3)
        const attempts = yield* sql<{ id: string }>`SELECT id FROM attempts ORDER BY id`
        for (const [at, answer] of [bo, "person-1@example.com", "nobody"].entries()) {
          yield* sql`UPDATE attempts SET answer = ${answer} WHERE id = ${attempts[at]?.id ?? ""}`
          yield* sql`UPDATE attempt_invitations SET error = ${JSON.stringify({ answer })} WHERE attempt_id = ${attempts[at]?.id ?? ""}`
        }
        const answers = Effect.map(
          sql<{ answer: string | null }>`SELECT answer FROM attempts ORDER BY id`,
          (rows) => rows.map(({ answer }) => answer)
        )
        expect(yield* forget(bo)).toMatchObject({ attempts: 2 })
        expect(yield* answers).toEqual([null, "person-1@example.com", "nobody"])
        expect(yield* forget("person-1@example.com")).toMatchObject({ invitations: 1, attempts: 1 })
        expect(yield* answers).toEqual([null, "nobody"])
      }))

    test("takes the reasons that name them, and leaves the others", () =>
      Effect.gen(function* () {
        const control = yield* SpotControl.SpotControl
        yield* control.pause("main", "operator", `until ${bo} is back`)
        yield* control.pause("other", "operator", "for a while")
        expect(yield* forget(bo)).toMatchObject({ reasons: 1 })
        expect((yield* control.all).map(({ paused }) => paused?.reason).toSorted()).toEqual([
          "for a while",
          "removed: it named a person who was forgotten"
        ])
      }))

    test("finds them in more than 500 rows", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* store(people(501))
        yield* sql`UPDATE invitations SET invited_by = ${bo}, batch_key = batch_key || ${bo}`
        expect(yield* forget(bo)).toMatchObject({ inviters: 501 })
      }))

    test("finds them in the answers to more than 500 calls", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [invitation = ""] = yield* called(1)
        yield* recorded(invitation, 501, bo)
        expect(yield* forget(bo)).toMatchObject({ attempts: 1_002 })
        const named = sql`SELECT id FROM attempts WHERE answer IS NOT NULL
          UNION ALL SELECT attempt_id FROM attempt_invitations WHERE error IS NOT NULL`
        expect(yield* named).toEqual([])
      }))
  })
})

describe("forgetting a person on Postgres", () => {
  it.effect("locks the rows of each table by their ids", () =>
    Effect.gen(function* () {
      const log: Array<string> = []
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [invitation = ""] = yield* called(1)
        yield* recorded(invitation, 1, bo)
        yield* sql`UPDATE invitations SET invited_by = ${bo}, batch_key = batch_key || ${bo}`
        log.length = 0
        yield* Operations.Operations.use((operations) => operations.forget(bo))
        expect(locksIn(log)).toEqual(["invitations by id", "attempts by id"])
      }).pipe(Effect.provide(Layer.provideMerge(layerInboxSql, layerNoting(log))))
    }).pipe(Effect.provide(Layer.unwrap(Effect.map(migratedPostgres, layerPostgres))))
  )

  it.effect("leaves an invitation whose inviter somebody else has taken meanwhile", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* store([alice])
      yield* sql`UPDATE invitations SET invited_by = ${bo}, batch_key = batch_key || ${bo}`
      yield* changedMeanwhile(
        sql`SELECT id FROM invitations FOR UPDATE`,
        Operations.Operations.use((operations) => operations.forget(bo)),
        sql`UPDATE invitations SET invited_by = NULL, batch_key = 'as it is'`
      )
      expect(yield* sql`SELECT invited_by, batch_key FROM invitations`).toEqual([
        { invited_by: null, batch_key: "as it is" }
      ])
    }).pipe(Effect.provide(layers.Postgres))
  )

  it.effect("tries a change again that was in a deadlock", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const [invitation = ""] = yield* called(1)
      yield* recorded(invitation, 1, bo)
      yield* sql`UPDATE invitations SET invited_by = ${bo}, batch_key = batch_key || ${bo}`
      for (const table of ["invitations", "attempt_invitations", "attempts"]) {
        yield* sql.unsafe(`CREATE SEQUENCE tries_of_${table}`)
        yield* sql.unsafe(`CREATE FUNCTION deadlock_of_${table}() RETURNS trigger AS $$ BEGIN
          IF nextval('tries_of_${table}') = 1 THEN RAISE EXCEPTION USING ERRCODE = '40P01'; END IF;
          RETURN NEW; END $$ LANGUAGE plpgsql`)
        yield* sql.unsafe(
          `CREATE TRIGGER deadlock BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION deadlock_of_${table}()`
        )
      }
      expect(yield* forget(bo)).toMatchObject({ inviters: 1, attempts: 2 })
      for (const table of ["invitations", "attempt_invitations", "attempts"]) {
        expect(yield* sql.unsafe(`SELECT last_value::int AS tries FROM tries_of_${table}`)).toEqual([
          { tries: 2 }
        ])
      }
    }).pipe(Effect.provide(layers.Postgres))
  )
})
