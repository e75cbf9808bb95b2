/** Where a person is named beside their own rows. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Operations, SpotControl } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claimOne, settle, settlement } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"

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
        expect(yield* sql`SELECT DISTINCT batch FROM invitations WHERE live_id = 'live-1'`).toHaveLength(1)
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
        yield* sql`UPDATE invitations SET invited_by = ${bo}, batch = batch || ${bo}`
        expect(yield* forget(bo)).toMatchObject({ inviters: 501 })
      }))
  })
})
