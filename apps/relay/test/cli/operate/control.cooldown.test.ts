/** What people are told while MeltingSpot asks to wait or does not answer, and how they end it. */
import { describe, expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { deliver, until } from "../../harness.ts"
import { bothWays } from "../harness.ts"

const person = "alice@example.com"
const iso = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`

describe("a Spot in cooldown", () => {
  bothWays("says since when, why and until when, and is resumed", (run, relay) =>
    Effect.gen(function* () {
      const { url, viewer, fault } = relay
      yield* fault(429, { retryAfter: "9".repeat(400) })
      yield* deliver(url, "svix", { email: person }, { id: "msg_1" })
      const [spot] = yield* until(viewer.spots.list(), ([spot]) => spot?.state === "cooldown")
      expect(spot).toMatchObject({ reason: "MeltingSpot limits the rate (429)", pausedBy: null })
      if (spot?.since == null || spot.until == null) return expect.fail("it has no times")
      expect(Duration.toMillis(DateTime.distance(spot.since, spot.until))).toBe(3_600_000)

      expect((yield* run("spots", "list")).stdout).toMatch(
        new RegExp(`main +cooldown +${iso} +${iso} +MeltingSpot limits the rate \\(429\\)`)
      )
      const budget = (yield* run("budget")).stdout
      expect(budget).toMatch(
        new RegExp(`Spot main is in cooldown since ${iso} until ${iso}: MeltingSpot limits the rate`)
      )
      const [{ hold, clearAt } = {}] = yield* viewer.budget.get()
      expect(hold).toEqual({ state: "cooldown", since: spot.since, until: spot.until, reason: spot.reason })
      expect(clearAt).toEqual(spot.until)
      const why = (yield* run("why", person)).stdout
      expect(why).toContain("the Spot main is in cooldown: MeltingSpot limits the rate (429)")
      expect(why).toMatch(new RegExp(`\\(until ${iso}\\)`))
      expect(why).not.toContain("Waiting for its turn")

      expect((yield* run("spots", "resume", "main")).stdout).toBe("main is active, 1 invitation pending")
      expect((yield* run("budget")).stdout).not.toContain("cooldown")
      // Another process is noticed at the next look, which a sign-up brings on.
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "msg_2" })
      yield* until(
        viewer.invitations.search({ payload: { status: ["invited"] } }),
        ({ items }) => items.length === 2
      )
    })
  )
})

describe("a Spot whose circuit is open", () => {
  bothWays("says so, and is resumed with those who were to wait for an hour", (run, relay) =>
    Effect.gen(function* () {
      const { url, viewer, fault, mend } = relay
      yield* fault(503, { times: 100, retryAfter: "Fri, 31 Dec 9999 23:59:59 GMT" })
      for (let at = 0; at < 12; at++) {
        yield* deliver(url, "svix", { email: `person-${at}@example.com` }, { id: `msg_${at}` })
        // Each in a call of its own.
        yield* until(
          Effect.all([viewer.spots.list(), viewer.invitations.search({ payload: {} })]),
          ([[spot], { items }]) =>
            spot?.state === "circuit_open" ||
            (items.length > at && items.every(({ attempts }) => attempts > 0))
        )
      }
      yield* until(viewer.spots.list(), ([spot]) => spot?.state === "circuit_open")
      yield* until(
        viewer.invitations.search({ payload: { status: ["pending"] } }),
        ({ items }) => items.length === 12
      )
      expect((yield* run("spots", "list")).stdout).toMatch(
        new RegExp(`main +circuit open +${iso} +${iso} +MeltingSpot does not answer`)
      )
      expect((yield* run("budget")).stdout).toMatch(
        new RegExp(`Spot main has an open circuit since ${iso} until ${iso}: MeltingSpot does not answer`)
      )
      const why = (yield* run("why", "person-11@example.com")).stdout
      expect(why).toContain("the circuit of the Spot main is open: MeltingSpot does not answer")
      expect(why).not.toContain("Waiting for its turn")

      yield* mend
      expect((yield* run("spots", "resume", "main")).stdout).toBe("main is active, 12 invitations pending")
      yield* until(
        viewer.invitations.search({ payload: { status: ["invited"] } }),
        ({ items }) => items.length === 12
      )
      expect(yield* viewer.spots.list()).toMatchObject([{ state: "active", reason: null }])
    })
  )
})

describe("a Spot whose key MeltingSpot refuses", () => {
  bothWays("goes on by itself, in the same words everywhere", (run, { fault, url, viewer }) =>
    Effect.gen(function* () {
      yield* fault(401, { times: 100 })
      yield* deliver(url, "svix", { email: person }, { id: "msg_1" })
      yield* until(viewer.spots.list(), ([spot]) => spot?.state === "paused")
      const end = "resumes once MeltingSpot accepts it."
      expect((yield* until(run("stats"), ({ stdout }) => stdout.includes("key"))).stdout).toContain(end)
      const budget = yield* until(run("budget"), ({ stdout }) => stdout.includes("1 invitation pending"))
      expect(budget.stdout).toContain(end)
      expect(budget.stdout).not.toContain("usher spots resume")
    })
  )
})
