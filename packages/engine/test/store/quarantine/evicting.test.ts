/** What one client can't do to the deliveries of another. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Metric } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { whoMakesRoom } from "../../../src/store/quarantine/evicting.ts"
import { onEach } from "../../databases.ts"
import { all, by, mend, open, stored } from "../../refusing.ts"

const forger = `whsec_${btoa("a forger's own secret")}`
const attacker = { client: "203.0.113.66", secret: forger }
const sender = { client: "198.51.100.1" }

const counted = (name: string) =>
  Effect.map(Metric.snapshot, (metrics) =>
    Object.fromEntries(
      metrics.flatMap((metric) =>
        metric.id === name && metric.type === "Counter" && metric.state.count > 0
          ? [[Object.values(metric.attributes ?? {}).join(" "), Number(metric.state.count)]]
          : []
      )
    )
  )

const isolated = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => Effect.provideService(test, Metric.MetricRegistry, new Map()))

onEach((test) => {
  test("a client that sends long bodies without end pushes out its own deliveries only", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open({ bytes: 10_000 })
      for (const id of ["a", "b", "c"]) yield* refuse({ id, ...sender })
      yield* TestClock.adjust("1 second")
      for (let at = 0; at < 22; at++) yield* refuse({ ...attacker, body: `${at}`.padEnd(1_000) })
      const { items } = yield* quarantine.list({}, all)
      expect(items.filter(({ size }) => size < 1_000)).toHaveLength(3)
      expect(items.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(10_000)
      expect(yield* counted("usher_quarantine_evicted_total")).toEqual({ "form size": 13 })
      yield* configure(mend)
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({ released: 3 })
      expect(yield* stored(inbox)).toHaveLength(3)
    }).pipe(Effect.scoped, isolated))

  test("a client that sends without end neither pushes out nor locks out what another one sends", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ deliveries: 20 })
      const ids = Effect.map(quarantine.list({}, all), ({ items }) =>
        items.map(({ headers }) => headers["webhook-id"])
      )
      yield* refuse({ id: "early", ...sender })
      for (let at = 0; at < 70; at++) yield* refuse(attacker)
      expect(yield* refuse(attacker)).toBe(false)
      expect(yield* refuse({ id: "late", ...sender })).toBe(true)
      yield* TestClock.adjust("1 minute")
      for (let at = 0; at < 60; at++) yield* refuse(attacker)
      expect(yield* ids).toEqual(expect.arrayContaining(["early", "late"]))
      expect(yield* ids).toHaveLength(20)
      expect(yield* counted("usher_quarantine_not_kept_total")).toEqual({ "form perMinute": 11 })
      expect(yield* counted("usher_quarantine_evicted_total")).toEqual({ "form deliveries": 102 })
    }).pipe(Effect.scoped, isolated))

  test("many clients share what there is, and the one that holds most makes room", () =>
    Effect.gen(function* () {
      const { quarantine, refuse } = yield* open({ deliveries: 10 })
      for (let at = 0; at < 8; at++) yield* refuse({ id: `many-${at}`, client: "192.0.2.1" })
      for (let at = 0; at < 6; at++) yield* refuse({ id: `one-${at}`, client: `192.0.2.${at + 2}` })
      const { items } = yield* quarantine.list({}, all)
      const ids = items.map(({ headers }) => headers["webhook-id"] ?? "")
      expect(ids.filter((id) => id.startsWith("one-"))).toHaveLength(6)
      expect(ids.filter((id) => id.startsWith("many-")).toSorted()).toEqual([
        "many-4",
        "many-5",
        "many-6",
        "many-7"
      ])
    }).pipe(Effect.scoped))

  test("all clients of a source together write no faster than ten of them", () =>
    Effect.gen(function* () {
      const { refuse } = yield* open({ perMinute: 1 })
      const kept = yield* Effect.forEach(Array.from({ length: 12 }).keys(), (at) =>
        refuse({ client: `192.0.2.${at}` })
      )
      expect(kept.filter(Boolean)).toHaveLength(10)
    }).pipe(Effect.scoped))

  test("of a delivery that is sent again the first and the last signature are kept, and a release tries both", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "good-first", ...sender })
      yield* refuse({ id: "good-last", ...sender, secret: forger })
      for (let at = 0; at < 3; at++) {
        yield* refuse({ id: "good-first", ...sender, secret: forger })
      }
      yield* refuse({ id: "good-last", ...sender })
      const { items } = yield* quarantine.list({}, all)
      expect(items.map(({ headers, times }) => [headers["webhook-id"], times])).toEqual([
        ["good-last", 2],
        ["good-first", 4]
      ])
      yield* configure(mend)
      for (const { id } of items) {
        expect(yield* quarantine.get(id)).toMatchObject({ verifies: true, refusal: null })
      }
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({
        released: 2,
        duplicates: 0,
        refused: 0
      })
      expect((yield* stored(inbox)).map(({ deliveryId }) => deliveryId).toSorted()).toEqual([
        "good-first",
        "good-last"
      ])
    }).pipe(Effect.scoped))

  test("what another client sends of the same delivery replaces nothing, and goes once one of them is accepted", (inbox) =>
    Effect.gen(function* () {
      const { quarantine, refuse, configure } = yield* open()
      yield* refuse({ id: "msg", ...attacker })
      yield* refuse({ id: "msg", ...sender })
      yield* refuse({ id: "msg", ...attacker })
      yield* refuse({ id: "msg", ...sender })
      expect((yield* quarantine.list({}, all)).items.map(({ times }) => times)).toEqual([2, 2])
      yield* configure(mend)
      expect(yield* quarantine.release({ all: true }, by)).toMatchObject({
        released: 2,
        duplicates: 1,
        refused: 0
      })
      expect((yield* quarantine.list({}, all)).items).toEqual([])
      expect(yield* stored(inbox)).toHaveLength(1)
    }).pipe(Effect.scoped))

  test("the address of a client is stored as a keyed digest, the same for the same client", () =>
    Effect.gen(function* () {
      const { refuse } = yield* open()
      yield* refuse(sender)
      yield* refuse(sender)
      yield* refuse(attacker)
      yield* refuse()
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ client: string }>`SELECT client FROM quarantined ORDER BY id`
      expect(rows.map(({ client }) => client)).toEqual([
        expect.stringMatching(/^[\w-]{22}$/),
        rows[0]?.client,
        expect.stringMatching(/^[\w-]{22}$/),
        ""
      ])
      expect(rows[2]?.client).not.toBe(rows[0]?.client)
    }).pipe(Effect.scoped))
})

describe("who makes room", () => {
  const most = { deliveries: 10, bytes: 1_000 }
  const holding = (client: string, deliveries: number, bytes: number) => ({ client, deliveries, bytes })

  it("is nobody while the source is within its bounds", () => {
    expect(whoMakesRoom([holding("a", 10, 1_000)], most, "a")).toBeUndefined()
  })

  it("is the client itself if it holds more than its share, also where another one holds more", () => {
    const holdings = [holding("a", 4, 0), holding("b", 6, 0), holding("c", 1, 0)]
    expect(whoMakesRoom(holdings, most, "a")).toEqual({ client: "a", bound: "deliveries" })
  })

  it("is the client that holds most, if the client itself is within its share", () => {
    const holdings = [holding("a", 1, 0), holding("b", 6, 0), holding("c", 4, 0)]
    expect(whoMakesRoom(holdings, most, "a")).toEqual({ client: "b", bound: "deliveries" })
  })

  it("counts bytes for the bound in bytes", () => {
    const holdings = [holding("a", 9, 200), holding("b", 1, 900)]
    expect(whoMakesRoom(holdings, most, "a")).toEqual({ client: "b", bound: "size" })
    expect(whoMakesRoom(holdings, most, "b")).toEqual({ client: "b", bound: "size" })
  })
})
