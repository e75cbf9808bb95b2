import { describe, expect } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { deliver, participants, until } from "../harness.ts"
import { onEach, type Relay } from "./harness.ts"

const alice = "alice@example.com"
const traceId = "0af7651916cd43dd8448eb211c80319c"
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

/** A sign-up that has become an invitation that was answered. */
const signedUp = Effect.fnUntraced(function* ({ url, ledger, viewer }: Relay, email = alice) {
  const { json } = yield* deliver(url, "svix", { email }, { headers: { traceparent } })
  const { id } = Object(json)
  yield* participants(ledger, 1)
  yield* until(
    viewer.invitations.search({ payload: { person: email } }),
    ({ items }) => items.length > 0 && items.every(({ settledAt }) => settledAt !== null)
  )
  return String(id)
})

const everything = <A, E>(stream: Stream.Stream<A, E>) => Stream.runCollect(stream)

describe("webhooks", () => {
  onEach("are found by source, status, person, Live, text and time, and shown with all that came", (relay) =>
    Effect.gen(function* () {
      const id = yield* signedUp(relay)
      const { viewer } = relay
      const hour = { hours: 1 }
      const now = yield* DateTime.now
      const right = [
        { source: "svix" },
        { status: ["mapped" as const] },
        { person: "Alice@Example.com" },
        { live: "live-svix" },
        { text: "ALICE@" },
        { from: DateTime.subtract(now, hour), to: DateTime.add(now, hour) },
        { ids: [id] }
      ]
      for (const payload of right) {
        expect((yield* viewer.webhooks.search({ payload })).items.map((item) => item.id)).toEqual([id])
      }
      const wrong = [
        { source: "token" },
        { person: "bob@example.com" },
        { text: "bob" },
        { to: DateTime.subtract(now, hour) }
      ]
      for (const payload of wrong) {
        expect((yield* viewer.webhooks.search({ payload })).items).toEqual([])
      }
      const found = yield* viewer.webhooks.get({ params: { id } })
      expect(found).toMatchObject({
        webhook: {
          id,
          source: "svix",
          status: "mapped",
          size: 29,
          traceId,
          mappingVersion: expect.any(String)
        },
        body: { text: JSON.stringify({ email: alice }) },
        verification: { scheme: "standard-webhooks" },
        invitations: [{ member: alice, liveId: "live-svix", status: "invited" }]
      })
      expect(Object.keys(found.headers)).not.toContain("svix-signature")
    })
  )

  onEach("come in pages that what comes in meanwhile does not move", ({ url, viewer }) =>
    Effect.gen(function* () {
      for (const name of ["a", "b", "c"])
        yield* deliver(url, "svix", { email: `${name}@example.com` }, { id: name })
      const first = yield* viewer.webhooks.search({ payload: { limit: 2 } })
      yield* deliver(url, "svix", { email: "d@example.com" }, { id: "d" })
      const second = yield* viewer.webhooks.search({ payload: { limit: 2, after: first.next ?? "" } })
      expect(first.items).toHaveLength(2)
      expect(second.items).toHaveLength(1)
      expect(second.next).toBeNull()
      expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(3)
    })
  )
})

describe("the list of webhooks", () => {
  onEach("names the people of each webhook, and nobody for one that has no invitations", ({ url, viewer }) =>
    Effect.gen(function* () {
      yield* deliver(url, "svix", { email: [alice, "bob@example.com"] }, { id: "both" })
      yield* deliver(url, "token", "no JSON")
      const { items } = yield* until(
        viewer.webhooks.search({ payload: { status: ["mapped", "unmappable"] } }),
        ({ items }) => items.length === 2
      )
      expect(items.map(({ source, people }) => [source, people])).toEqual([
        ["token", { first: null, count: 0, isMore: false }],
        ["svix", { first: alice, count: 2, isMore: false }]
      ])
    })
  )
})

describe("a person", () => {
  onEach("has a story: deliveries, what was made of them, attempts, the end, and the trace", (relay) =>
    Effect.gen(function* () {
      const webhookId = yield* signedUp(relay)
      const again = yield* deliver(relay.url, "svix", { email: "ALICE@example.com" }, { id: "again" })
      yield* until(
        relay.viewer.webhooks.search({ payload: { person: alice, status: ["mapped"] } }),
        ({ items }) => items.length === 2
      )
      const { story, invitations } = yield* relay.viewer.people.why({
        payload: { person: "alice@EXAMPLE.com" }
      })
      expect(invitations).toMatchObject([
        { status: "invited", webhookIds: [webhookId, Object(again.json).id] }
      ])
      expect(story.map(({ kind }) => kind)).toEqual([
        "received",
        "requested",
        "attempt",
        "settled",
        "received",
        "requested"
      ])
      expect(story.find(({ kind }) => kind === "attempt")).toMatchObject({
        traceId,
        text: expect.stringContaining("201")
      })
      expect(JSON.stringify(story)).not.toContain("@")
      const [invitation] = invitations
      const one = yield* relay.viewer.invitations.get({ params: { id: invitation?.id ?? "" } })
      expect(one).toMatchObject({
        attempts: [{ number: 1, upstreamStatus: 201, error: null, traceId }],
        story
      })
    })
  )

  onEach("is forgotten, which the log says without saying who", (relay) =>
    Effect.gen(function* () {
      const id = yield* signedUp(relay)
      expect(yield* relay.operator.people.forget({ payload: { person: alice } })).toMatchObject({
        invitations: 1,
        attempts: 1,
        webhooks: 1
      })
      expect((yield* relay.viewer.webhooks.get({ params: { id } })).body).toEqual({ base64: "" })
      const { items } = yield* relay.viewer.audit.list({ query: {} })
      expect(items).toMatchObject([
        {
          who: "ops",
          what: "people.forget",
          parameters: { person: expect.stringMatching(/^person:[\w-]{22}$/) },
          result: "done: 1 invitation, 1 attempt, 1 webhook"
        }
      ])
      expect(JSON.stringify(items)).not.toContain("@")
    })
  )
})

describe("long work", () => {
  onEach("is planned, says how far it is, and stands in the log with its number", (relay) =>
    Effect.gen(function* () {
      const id = yield* signedUp(relay)
      const filter = { status: ["invited" as const], person: alice }
      const { asOf, ...plan } = yield* relay.viewer.replays.plan({ payload: filter })
      expect(plan).toEqual({
        invitations: 1,
        people: 1,
        lives: 1,
        spots: ["main"],
        parked: 0,
        calls: 1,
        durationMs: 0
      })
      expect(DateTime.isLessThanOrEqualTo(asOf, yield* DateTime.now)).toBe(true)
      const progress = yield* everything(yield* relay.operator.replays.invitations({ payload: filter }))
      expect(progress.at(-1)).toEqual({ done: 1, total: null, ended: true })
      yield* until(relay.ledger.state, ({ calls }) => calls.length === 2)
      const remapped = yield* everything(
        yield* relay.operator.replays.webhooks({ payload: { status: ["mapped"] } })
      )
      expect(remapped.at(-1)).toMatchObject({ done: 1, ended: true })
      const { webhook } = yield* until(
        relay.viewer.webhooks.get({ params: { id } }),
        ({ webhook }) => webhook.status === "mapped"
      )
      expect(webhook.lane).toBe("replay")
      const { story } = yield* relay.viewer.people.why({ payload: { person: alice } })
      expect(story.filter(({ kind }) => kind === "remapped")).toMatchObject([
        { at: webhook.mappedAt, text: `Mapped again, with mapping ${webhook.mappingVersion}`, webhookId: id }
      ])
      const { items } = yield* relay.viewer.audit.list({ query: { limit: 10 } })
      expect(items.map(({ what, result }) => `${what} ${result}`)).toEqual([
        "replays.webhooks done: 1",
        "replays.invitations done: 1"
      ])
    })
  )

  onEach("lets go of what is old", (relay) =>
    Effect.gen(function* () {
      const id = yield* signedUp(relay)
      const before = yield* DateTime.now
      const payload = { before, all: true as const }
      const progress = yield* everything(yield* relay.operator.upkeep.purge({ payload }))
      expect(progress.at(-1)).toMatchObject({ done: 2, ended: true })
      expect((yield* relay.viewer.webhooks.get({ params: { id } })).webhook.status).toBe("purged")
      expect((yield* relay.viewer.invitations.search({ payload: {} })).items).toEqual([])
    })
  )
})
