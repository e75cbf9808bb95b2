import { expect } from "@effect/vitest"
import { DateTime, Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Search } from "@usher/model"
import { Inbox, Operations } from "../../../src/index.ts"
import { onEach } from "../../databases.ts"
import { claim, settle, settlement } from "../../dispatching.ts"
import { alice, delivery, people, statuses, store } from "../../fixtures.ts"

const bob = { liveId: "live-2", member: "bob@example.com" }

const text = (body: string) => new TextEncoder().encode(body)

/** Everything that is found, a page of two at a time. */
const pages = Effect.fnUntraced(function* <A, E>(
  search: (page: Search.PageOptions) => Effect.Effect<Search.Page<A>, E>
) {
  const found: Array<A> = []
  let after: string | undefined
  do {
    const page = yield* search({ limit: 2, after })
    expect(page.items.length).toBeLessThanOrEqual(2)
    found.push(...page.items)
    after = page.next ?? undefined
  } while (after !== undefined)
  return found
})

const webhooks = (filter: Search.WebhookFilter) =>
  Effect.map(
    Operations.Operations.use((operations) => pages((page) => operations.searchWebhooks(filter, page))),
    (found) => found.map(({ deliveryId }) => deliveryId)
  )

const invitations = (filter: Search.InvitationFilter) =>
  Effect.map(
    Operations.Operations.use((operations) => pages((page) => operations.searchInvitations(filter, page))),
    (found) => found.map(({ liveId, member }) => `${liveId} ${member}`)
  )

/** Five deliveries, a second apart; alice is invited twice and asked for twice. */
const scene = Effect.gen(function* () {
  yield* store([alice], { deliveryId: "1", body: text('{"note":"Zürich, ab\\u0000c"}') })
  yield* TestClock.adjust("1 second")
  yield* store([alice, bob], { deliveryId: "2", source: "crm" })
  yield* TestClock.adjust("1 second")
  yield* store([{ ...alice, liveId: "live-2" }], { deliveryId: "3", body: text("ZÜRICH and Basel") })
  yield* TestClock.adjust("1 second")
  const inbox = yield* Inbox.Inbox
  yield* inbox.accept(
    delivery({ deliveryId: "4", body: Uint8Array.from([0xff, 0xfe, 0x42, 0x41, 0x53, 0x45, 0x4c]) })
  )
  yield* TestClock.adjust("1 second")
  yield* inbox.accept(delivery({ deliveryId: "5" }))
})

onEach((test) => {
  test("finds webhooks, newest first, by all that is asked for", () =>
    Effect.gen(function* () {
      yield* scene
      expect(yield* webhooks({})).toEqual(["5", "4", "3", "2", "1"])
      expect(yield* webhooks({ status: ["received"] })).toEqual(["5", "4"])
      expect(yield* webhooks({ status: ["received", "mapped"], source: "crm" })).toEqual(["2"])
      expect(yield* webhooks({ from: DateTime.makeUnsafe(1_000), to: DateTime.makeUnsafe(3_000) })).toEqual([
        "3",
        "2"
      ])
      expect(yield* webhooks({ person: "ALICE@example.com" })).toEqual(["3", "2", "1"])
      expect(yield* webhooks({ person: "nobody@example.com" })).toEqual([])
      expect(yield* webhooks({ live: "live-2" })).toEqual(["3", "2"])
      expect(yield* webhooks({ person: "bob@example.com", live: "live-1" })).toEqual(["2"])
      expect(yield* webhooks({ text: "rich" })).toEqual(["3", "1"])
      expect(yield* webhooks({ text: "Zürich" })).toEqual(["1"])
      expect(yield* webhooks({ text: "basel" })).toEqual(["4", "3"])
      expect(yield* webhooks({ text: "100%_" })).toEqual([])
    }))

  test("names the people of webhooks: each once, forgotten ones without an address, 100 invitations at most", (inbox, operations) =>
    Effect.gen(function* () {
      const both = yield* store([alice, { ...alice, liveId: "live-2" }, bob], { deliveryId: "1" })
      const hundred = yield* store(people(100, "live-1"), { deliveryId: "2" })
      const more = yield* store(people(101, "live-2"), { deliveryId: "3" })
      const none = yield* inbox.accept(delivery({ deliveryId: "4" }))
      const named = yield* operations.people([both, hundred, more, none.id, "wh_none"])
      expect(Object.fromEntries(named)).toEqual({
        [both]: { first: alice.member, count: 2, isMore: false },
        [hundred]: { first: "person-0@example.com", count: 100, isMore: false },
        [more]: { first: "person-0@example.com", count: 100, isMore: true }
      })
      yield* operations.forget(alice.member)
      expect((yield* operations.people([both])).get(both)).toEqual({ first: null, count: 2, isMore: false })
      expect(yield* operations.people([])).toEqual(new Map())
    }))

  test("finds a person who is stored in another spelling of the domain, or with a quoted name", () =>
    Effect.gen(function* () {
      const members = ["jürgen@bücher.example", "eva@xn--bcher-kva.example", '"carl"@example.com']
      yield* store(members.map((member) => ({ liveId: "live-1", member })))
      yield* TestClock.adjust("1 minute")
      for (const [person, member] of [
        ["Jürgen@XN--bcher-kva.example", members[0]],
        ["Eva <eva@Bücher.example>", members[1]],
        ["carl@example.com", members[2]]
      ] as const) {
        expect(yield* invitations({ person })).toEqual([`live-1 ${member}`])
        const operations = yield* Operations.Operations
        expect((yield* operations.cancelPlan({ person })).invitations).toBe(1)
      }
    }))

  test("finds invitations, newest first, by all that is asked for", (_, operations) =>
    Effect.gen(function* () {
      yield* scene
      const [first] = (yield* operations.searchWebhooks({ source: "crm" }, { limit: 1 })).items
      expect(yield* invitations({})).toEqual([
        "live-2 alice@example.com",
        "live-2 bob@example.com",
        "live-1 alice@example.com"
      ])
      expect(yield* invitations({ person: "alice@EXAMPLE.com" })).toEqual([
        "live-2 alice@example.com",
        "live-1 alice@example.com"
      ])
      expect(yield* invitations({ source: "crm" })).toEqual([
        "live-2 bob@example.com",
        "live-1 alice@example.com"
      ])
      expect(yield* invitations({ webhook: first?.id ?? "" })).toHaveLength(2)
      expect(yield* invitations({ live: "live-2", from: DateTime.makeUnsafe(2_000) })).toEqual([
        "live-2 alice@example.com"
      ])
      expect(yield* invitations({ spot: "other" })).toEqual([])
      expect(yield* invitations({ status: ["invited"] })).toEqual([])
      const claims = yield* claim()
      const held = yield* Effect.fromNullishOr(
        claims.find(({ invitation }) => invitation.liveId === "live-1")
      )
      yield* settle(held, yield* settlement({ status: "invited" }))
      expect(yield* invitations({ status: ["invited"] })).toEqual(["live-1 alice@example.com"])
    }))

  test("keeps pages as they are, whatever comes in while they are read", (_, operations) =>
    Effect.gen(function* () {
      yield* store(people(5))
      const first = yield* operations.searchInvitations({}, { limit: 3 })
      yield* store([alice], { deliveryId: "2" })
      const second = yield* operations.searchInvitations({}, { limit: 3, after: first.next ?? "" })
      expect([...first.items, ...second.items].map(({ member }) => member)).toEqual(
        [4, 3, 2, 1, 0].map((index) => `person-${index}@example.com`)
      )
      expect(second.next).toBeNull()
    }))

  test("finds one among thousands, a stretch at a time", (inbox) =>
    Effect.gen(function* () {
      yield* inbox.accept(delivery({ deliveryId: "the one", body: text("needle") }))
      yield* Effect.forEach(
        Array.from({ length: 2_500 }, (_, index) => delivery({ deliveryId: `${index}` })),
        inbox.accept,
        { concurrency: "unbounded", discard: true }
      )
      expect(yield* webhooks({ text: "needle" })).toEqual(["the one"])
      expect(yield* statuses("webhooks")).toEqual({ received: 2_501 })
    }))

  test("stops when its time is over, says how far it came, and continues there", (inbox, operations) =>
    Effect.gen(function* () {
      yield* inbox.accept(delivery({ deliveryId: "the one", body: text("needle") }))
      const stored = yield* DateTime.now
      yield* TestClock.adjust("1 second")
      yield* Effect.forEach(
        Array.from({ length: 1_500 }, (_, index) => delivery({ deliveryId: `${index}` })),
        inbox.accept,
        { concurrency: "unbounded", discard: true }
      )
      const search = (after?: string) =>
        operations
          .searchWebhooks({ text: "needle" }, { limit: 2, after })
          .pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
      const first = yield* search()
      expect(first).toMatchObject({ items: [], searchedTo: yield* DateTime.now })
      const second = yield* search(first.next ?? "")
      expect(second).toMatchObject({ items: [{ deliveryId: "the one" }], searchedTo: stored })
      expect(yield* search(second.next ?? "")).toEqual({ items: [], next: null })
      // An index finds these at once, whatever the time.
      const narrow = operations.searchWebhooks({ ids: [second.items[0]?.id ?? ""] }, { limit: 2 })
      const found = yield* narrow.pipe(Effect.provideService(Operations.SearchTime, Duration.zero))
      expect(found).toMatchObject({ items: [{ deliveryId: "the one" }], next: null })
    }))
})
