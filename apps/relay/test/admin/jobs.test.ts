/** Jobs over the API: begun, paused, resumed and stopped, with their entries in the audit log. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, until } from "../harness.ts"
import { onEach, type Relay } from "./harness.ts"

const alice = "alice@example.com"

/** One invitation that the upstream rejected. */
const rejected = Effect.fnUntraced(function* (relay: Relay) {
  yield* relay.fault(400)
  yield* deliver(relay.url, "svix", { email: alice })
  yield* until(relay.statuses, ({ invitations }) => invitations["rejected"] === 1)
})

const ended = (relay: Relay, id: string) =>
  until(relay.viewer.jobs.get({ params: { id } }), ({ state }) => state !== "running" && state !== "paused")

const results = (relay: Relay) =>
  Effect.map(relay.viewer.audit.list({ query: {} }), ({ items }) =>
    items.map(({ what, result }) => `${what} ${result}`)
  )

describe("a job", () => {
  onEach("does what its plan counted, and has one act in the audit log with its result", (relay) =>
    Effect.gen(function* () {
      yield* rejected(relay)
      const filter = { person: alice, status: ["rejected" as const] }
      const { asOf, invitations: total } = yield* relay.viewer.replays.plan({ payload: filter })
      const begun = yield* relay.operator.jobs.begin({
        payload: { kind: "replay", selection: { ...filter, asOf }, total }
      })
      expect(begun).toMatchObject({ kind: "replay", state: "running", done: 0, total: 1, by: "ops" })
      expect(begun.selection).toMatchObject({ person: true, conditions: { status: ["rejected"] } })
      expect(yield* ended(relay, begun.id)).toMatchObject({ state: "done", done: 1 })
      yield* until(relay.statuses, ({ invitations }) => invitations["invited"] === 1)
      expect(yield* until(results(relay), ([first]) => first?.endsWith("begun") === false)).toEqual([
        "replays.invitations done: 1"
      ])
      expect((yield* relay.viewer.audit.verify()).isIntact).toBe(true)
      const list = yield* relay.viewer.jobs.list({ query: {} })
      expect(list.items.map(({ id }) => id)).toEqual([begun.id])
      expect(JSON.stringify(list)).not.toContain("@")
    })
  )

  onEach("is paused, goes on where it was, and is stopped", (relay) =>
    Effect.gen(function* () {
      yield* rejected(relay)
      const { id } = yield* relay.operator.jobs.begin({
        payload: { kind: "cancel", selection: { all: true } }
      })
      yield* ended(relay, id)
      const params = { id }
      // As it was before its first step.
      yield* relay.sql`UPDATE jobs SET state = 'paused', mark = '', ended_at = NULL`
      expect(yield* relay.operator.jobs.pause({ params })).toMatchObject({ state: "paused" })
      expect(yield* relay.operator.jobs.resume({ params })).toMatchObject({ id })
      expect(yield* ended(relay, id)).toMatchObject({ state: "done" })
      yield* relay.sql`UPDATE jobs SET state = 'paused', ended_at = NULL, kind = 'replay'`
      expect(yield* relay.operator.jobs.stop({ params })).toMatchObject({ state: "stopped" })
      expect(yield* relay.operator.jobs.resume({ params })).toMatchObject({ state: "stopped" })
      expect((yield* relay.statuses).invitations).toEqual({ rejected: 1 })
      const unknown = yield* Effect.flip(relay.operator.jobs.stop({ params: { id: "job_none" } }))
      expect(unknown).toMatchObject({ detail: "There is no job job_none." })
    })
  )

  onEach("has a second result in the audit log if it failed and was resumed", (relay) =>
    Effect.gen(function* () {
      yield* rejected(relay)
      const { id } = yield* relay.operator.jobs.begin({
        payload: { kind: "replay", selection: { all: true } }
      })
      const reported = (count: number) =>
        until(results(relay), (all) => all.length === count && !all.some((one) => one.endsWith("begun")))
      expect(yield* ended(relay, id)).toMatchObject({ state: "done", done: 1 })
      yield* reported(1)
      // As after a failure that was reported.
      yield* relay.sql`UPDATE jobs SET state = 'failed', reason = 'unreadable'`
      const params = { id }
      expect(yield* relay.operator.jobs.resume({ params })).toMatchObject({ id })
      expect(yield* ended(relay, id)).toMatchObject({ state: "done", done: 1 })
      expect(yield* reported(2)).toEqual(["jobs.resume done: 1", "replays.invitations done: 1"])
      // It runs no more, so this act has its own result at once.
      yield* relay.operator.jobs.resume({ params })
      expect(yield* reported(3)).toContain("jobs.resume done")
    })
  )
})
