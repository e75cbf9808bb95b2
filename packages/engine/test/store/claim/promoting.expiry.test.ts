/** More invitations expire at once than one step of a claim sweeps. */
import { expect } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { TestClock } from "effect/testing"
import { sweepSize } from "../../../src/store/claim/promoting.ts"
import { onEach } from "../../databases.ts"
import { claim, membersOf } from "../../dispatching.ts"
import { alice, people, store } from "../../fixtures.ts"

const terms = { expiresAt: DateTime.makeUnsafe(60_000) }

onEach((test) => {
  for (const [sentence, count, options] of [
    // The second step still finds one, and it is the nearest deadline's turn.
    ["that go one by one, by their deadline", sweepSize + 1, {}],
    // The third step still finds one, and it is the source's turn.
    ["that go one by one, by their source", 2 * sweepSize + 1, {}],
    // The second step finds enough for a call for many.
    ["that go together", sweepSize + 20, { batchSize: 100 }]
  ] as const) {
    test(`sends none of ${count} invitations ${sentence}, which expire at once`, (_, operations) =>
      Effect.gen(function* () {
        const webhook = yield* store(people(count), {}, terms)
        yield* TestClock.adjust("1 minute")
        yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "2" })
        expect(membersOf(yield* claim(100, "main", options))).toEqual([alice.member])
        expect(yield* claim(100, "main", options)).toEqual([])
        const statuses = (yield* operations.invitations(webhook)).map(({ status }) => status)
        expect(statuses).toEqual(Array.from({ length: count }, () => "expired"))
      }))
  }
})
