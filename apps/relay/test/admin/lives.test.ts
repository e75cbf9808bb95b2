/** The Lives that a relay reads from the sandbox, and the counts of their invitations. */
import { expect, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { deliver, isolated, until } from "../harness.ts"
import { onEach, relay } from "./harness.ts"

const alice = { email: "alice@example.com" }

it.live(
  "a Live has its title and its beginning from the upstream, with a call that counts in the budget",
  () =>
    Effect.gen(function* () {
      const { url, viewer, ledger } = yield* relay(undefined, {}, { lookEvery: "20 millis" })
      yield* deliver(url, "svix", alice)
      const read = yield* until(
        viewer.lives.list({ query: {} }),
        ({ items: [live] }) => live !== undefined && live.readAt !== null && live.sent === 1
      )
      expect(read.next).toBeNull()
      expect(read.items).toMatchObject([
        {
          spot: "main",
          liveId: "live-svix",
          title: "Live live-svix",
          readError: null,
          requested: 1,
          outlook: "sent"
        }
      ])
      const { operations } = yield* ledger.summary
      expect(operations).toMatchObject({ invite: 1, lives: 1 })
      const [budget] = yield* viewer.budget.get()
      expect(budget?.windows.map(({ spent }) => spent)).toEqual([2, 2])
    }).pipe(isolated)
)

it.live("who signs up after the Live began is not invited, where the source says so", () =>
  Effect.gen(function* () {
    const svix = "expires: { before: start }"
    const { url, viewer, ledger } = yield* relay(undefined, {}, { lookEvery: "20 millis", svix })
    const isExpired = (person: string) =>
      until(
        Effect.map(
          viewer.invitations.search({ payload: { person } }),
          ({ items: [invitation] }) => invitation
        ),
        (invitation) => invitation?.status === "expired"
      )
    // The first sign-up waits until the relay has read when the sandbox's Live began.
    yield* deliver(url, "svix", alice)
    yield* isExpired("alice@example.com")
    yield* deliver(url, "svix", { email: "bob@example.com" })
    expect(yield* isExpired("bob@example.com")).toMatchObject({
      liveDeadline: "follows",
      expiresAt: DateTime.makeUnsafe("2026-05-04T09:00:00Z")
    })
    const { operations } = yield* ledger.summary
    expect(operations).toMatchObject({ invite: 0, lives: 1 })
  }).pipe(isolated)
)

onEach(
  "a Live shows how many of its invitations are sent, waiting and failed",
  ({ url, operator, viewer, fault }) =>
    Effect.gen(function* () {
      const counts = Effect.map(viewer.lives.list({ query: {} }), ({ items: [live] }) => live)
      yield* fault(400)
      yield* deliver(url, "svix", { email: "refused@example.com" })
      yield* until(counts, (live) => live?.failed === 1)
      yield* deliver(url, "svix", alice)
      yield* until(counts, (live) => live?.sent === 1)
      yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "a test" } })
      yield* deliver(url, "svix", { email: "bob@example.com" })
      const live = yield* until(counts, (live) => live?.waiting === 1)
      expect(live).toMatchObject({
        requested: 3,
        sent: 1,
        failed: 1,
        outlook: "held",
        title: null,
        startsAt: null
      })
    })
)
