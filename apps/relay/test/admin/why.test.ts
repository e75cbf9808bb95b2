/** Whether a person was invited, and why not: one sentence for each Live and each delivery. */
import { describe, expect } from "@effect/vitest"
import { DateTime, Effect, Stream } from "effect"
import { People } from "@usher/admin"
import { Import } from "@usher/engine"
import { deliver, until } from "../harness.ts"
import { onEach, type Relay } from "./harness.ts"

const alice = "alice@example.com"

/** All parts of the search, however slow the machine is. */
const why = Effect.fnUntraced(function* ({ viewer }: Relay, person = alice) {
  let found = yield* viewer.people.why({ payload: { person } })
  for (let { next } = found; next !== null; { next } = found) {
    found = People.joined(found, yield* viewer.people.why({ payload: { person, after: next.after } }))
  }
  return found
})

const answersOf = (relay: Relay, person?: string) =>
  Effect.map(why(relay, person), ({ answers }) => answers.map(({ verdict, text }) => [verdict, text]))

const count = (relay: Relay, wanted: number) =>
  until(
    relay.viewer.webhooks.search({ payload: { status: ["mapped", "ignored", "unmappable"] } }),
    ({ items }) => items.length === wanted
  )

describe("a person", () => {
  onEach("has an answer for each Live, the newest first, with the reason of a failure", (relay) =>
    Effect.gen(function* () {
      yield* deliver(relay.url, "standard", { email: alice })
      yield* until(why(relay), ({ answers: [first] }) => first?.verdict === "yes")
      yield* relay.fault(400)
      yield* deliver(relay.url, "svix", { email: alice })
      const { answers, invitations, next, isSearched } = yield* until(
        why(relay),
        ({ answers: [first] }) => first?.verdict === "no"
      )
      expect(answers).toMatchObject([
        {
          verdict: "no",
          text: expect.stringMatching(/^The invitation to the Live live-svix was rejected: MeltingSpot says/),
          at: invitations[0]?.settledAt,
          liveId: "live-svix",
          spot: "main",
          invitationId: invitations[0]?.id
        },
        { verdict: "yes", text: "Invited to the Live live-standard.", liveId: "live-standard" }
      ])
      expect(JSON.stringify(answers)).not.toContain("@")
      expect({ next, isSearched }).toEqual({ next: null, isSearched: true })
    })
  )

  onEach("whose rejected invitation is replayed keeps both in the history", (relay) =>
    Effect.gen(function* () {
      yield* relay.fault(400)
      yield* deliver(relay.url, "svix", { email: alice })
      yield* until(why(relay), ({ answers: [first] }) => first?.verdict === "no")
      yield* relay.mend
      yield* Stream.runDrain(yield* relay.operator.replays.invitations({ payload: { status: ["rejected"] } }))
      const { story, invitations } = yield* until(
        why(relay),
        ({ answers: [first] }) => first?.verdict === "yes"
      )
      const told = story.filter(({ kind }) => kind !== "received" && kind !== "waiting")
      expect(told.map(({ text }) => text)).toEqual([
        "Invitation to the Live live-svix created",
        expect.stringMatching(/^Attempt 1, status 400/),
        "The attempts until then ended without success",
        "Requested again by a replay",
        expect.stringMatching(/^Attempt 1, status 201/),
        "Finished: invited"
      ])
      expect(told[3]?.at).toEqual(invitations[0]?.requestedAt)
    })
  )

  onEach("has the title of the Live beside its id in the answer and in the history", (relay) =>
    Effect.gen(function* () {
      yield* relay.fault(404, { times: 100 })
      yield* deliver(relay.url, "svix", { email: alice })
      yield* until(relay.viewer.lives.parked(), (lives) => lives.length === 1)
      yield* relay.sql`UPDATE lives SET title = ${"Product\n demo"}`
      // The Live is parked before the call has ended.
      const { answers, story, invitations } = yield* until(
        why(relay),
        ({ answers: [first] }) => first?.text.includes("is parked") === true
      )
      expect(answers).toMatchObject([
        {
          text: 'The invitation to the Live "Product demo" (live-svix) waits while the Live is parked: MeltingSpot does not know it.'
        }
      ])
      const created = { kind: "requested", text: 'Invitation to the Live "Product demo" (live-svix) created' }
      expect(story).toContainEqual(expect.objectContaining(created))
      const one = yield* relay.viewer.invitations.get({ params: { id: String(invitations[0]?.id) } })
      expect(one.story).toContainEqual(expect.objectContaining(created))
      expect(yield* relay.viewer.lives.parked()).toMatchObject([{ title: "Product\n demo" }])
    })
  )

  onEach("is found in a held webhook, in one that no mapping understood, and in the quarantine", (relay) =>
    Effect.gen(function* () {
      yield* relay.operator.sources.pause({ params: { name: "svix" }, payload: { reason: "budget talks" } })
      yield* deliver(relay.url, "svix", { email: alice })
      yield* deliver(relay.url, "token", String.raw`{"people":{"mail":"\u0061lice@example.com"}}`)
      const refused = yield* deliver(
        relay.url,
        "standard",
        { email: alice },
        { secret: `whsec_${btoa("another")}` }
      )
      expect(refused.status).toBe(401)
      yield* count(relay, 1)
      const { answers, story, invitations } = yield* until(why(relay), ({ answers }) => answers.length === 3)
      expect(invitations).toEqual([])
      const texts = answers.map(({ verdict, text }) => `${verdict}: ${text}`).toSorted()
      expect(texts).toEqual([
        expect.stringMatching(/^no: A delivery from standard was refused and is in quarantine: ./),
        expect.stringMatching(/^no: A webhook from token created no invitation: ./),
        "not_yet: A webhook from svix waits while the source is paused: budget talks."
      ])
      expect(story.map(({ kind }) => kind).toSorted()).toEqual([
        "received",
        "received",
        "refused",
        "unmappable"
      ])
      const [delivery] = (yield* relay.viewer.quarantine.list({ query: {} })).items
      expect(story.find(({ kind }) => kind === "refused")).toMatchObject({ quarantinedId: delivery?.id })
      expect(yield* answersOf(relay, "lice@example.com")).toEqual([])
    })
  )

  onEach("is named by a webhook that invited somebody else", (relay) =>
    Effect.gen(function* () {
      yield* deliver(relay.url, "svix", { email: alice, host: "bob@example.com" })
      yield* count(relay, 1)
      expect(yield* answersOf(relay, "bob@example.com")).toEqual([
        ["no", "A webhook from svix names them, but all its invitations are for other people."]
      ])
    })
  )

  onEach("was invited by an invitation that was purged: nothing says that they were not", (relay) =>
    Effect.gen(function* () {
      yield* deliver(relay.url, "svix", { email: alice })
      yield* count(relay, 1)
      yield* Effect.repeat(
        Effect.gen(function* () {
          const before = yield* DateTime.now
          yield* Stream.runDrain(
            yield* relay.operator.upkeep.purge({ payload: { before, invitations: ["invited"] } })
          )
          return yield* relay.viewer.invitations.search({ payload: {} })
        }),
        { until: ({ items }) => items.length === 0 }
      )
      expect(yield* answersOf(relay, alice)).toEqual([
        ["unknown", "A webhook from svix names them, but its invitations were purged."]
      ])
    })
  )

  onEach(
    "waits for the cause that the answer and the story name, with its end only where it is known",
    (relay) =>
      Effect.gen(function* () {
        yield* relay.operator.spots.pause({ params: { name: "main" }, payload: { reason: "budget talks" } })
        yield* deliver(relay.url, "svix", { email: alice })
        const { answers, story } = yield* until(why(relay), ({ invitations }) => invitations.length === 1)
        expect(answers).toMatchObject([
          {
            verdict: "not_yet",
            text: "The invitation to the Live live-svix waits while the Spot main is paused: budget talks."
          }
        ])
        expect(answers[0]).not.toHaveProperty("until")
        expect(story.at(-1)).toMatchObject({
          kind: "waiting",
          text: "Waiting while the Spot main is paused: budget talks"
        })
        expect(story.at(-1)).not.toHaveProperty("until")
      })
  )

  onEach("was imported, and the history says so", (relay) =>
    Effect.gen(function* () {
      const payload = { spot: "main", liveId: "live-1", members: [alice] }
      yield* relay.operator.imports.add({ payload })
      yield* relay.operator.imports.add({ payload })
      const { story } = yield* until(why(relay), ({ answers: [first] }) => first?.verdict === "yes")
      const told = story.map(({ kind, text }) => `${kind}: ${text}`)
      expect(told[0]).toBe("received: People imported")
      expect(told).toContain("duplicate: Imported again; ignored as a duplicate")
      expect(story.find(({ kind }) => kind === "received")).toMatchObject({ source: Import.name })
    })
  )
})
