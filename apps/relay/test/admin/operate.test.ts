import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Fiber, Option, Schedule, Stream } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import type { Mapping } from "@usher/admin"
import { deliver, isolated, openDatabase, participants, until } from "../harness.ts"
import { ask, bearer, onEach, relay, tokens } from "./harness.ts"

const alice = "alice@example.com"

describe("a source", () => {
  onEach(
    "is paused and accepts all the same, shows what it holds, and is resumed",
    ({ url, operator, viewer, ledger }) =>
      Effect.gen(function* () {
        const paused = yield* operator.sources.pause({
          params: { name: "svix" },
          payload: { reason: "new form" }
        })
        expect(paused).toMatchObject({ state: "paused", pausedBy: "ops", reason: "new form", held: 0 })
        expect((yield* deliver(url, "svix", { email: alice })).status).toBe(202)
        const holding = yield* until(viewer.sources.list(), (list) => list.some(({ held }) => held === 1))
        expect(holding.find(({ name }) => name === "svix")).toMatchObject({
          url: expect.stringContaining("/webhooks/svix"),
          sender: "svix",
          scheme: "standard-webhooks",
          counters: { accepted: 1, mapped: 0 },
          lastReceivedAt: expect.anything()
        })
        expect((yield* ledger.state).participants).toEqual([])
        yield* operator.sources.resume({ params: { name: "svix" } })
        expect(yield* participants(ledger, 1)).toEqual([alice])
        yield* until(viewer.sources.list(), (list) => list.every(({ state }) => state === "active"))
        const unknown = yield* Effect.flip(
          operator.sources.pause({ params: { name: "nobody" }, payload: {} })
        )
        expect(unknown).toMatchObject({ _tag: "NotFound", detail: expect.stringContaining("nobody") })
      })
  )
})

describe("a Spot", () => {
  onEach(
    "is paused with a reason, which its invitations' story tells, and resumed",
    ({ url, operator, viewer, ledger }) =>
      Effect.gen(function* () {
        const pause = { params: { name: "main" }, payload: { reason: "budget talks" } }
        expect(yield* operator.spots.pause(pause)).toMatchObject({
          state: "paused",
          reason: "budget talks",
          pausedBy: "operator"
        })
        yield* deliver(url, "svix", { email: alice })
        yield* until(viewer.spots.list(), ([spot]) => spot?.backlog === 1)
        const { story } = yield* viewer.people.why({ payload: { person: alice } })
        expect(story.at(-1)).toMatchObject({ kind: "waiting", text: expect.stringContaining("budget talks") })
        expect(yield* operator.spots.resume({ params: { name: "main" } })).toMatchObject({
          state: "active",
          reason: null
        })
        expect(yield* participants(ledger, 1)).toEqual([alice])
        expect((yield* viewer.audit.list({ query: { what: "spots.pause" } })).items).toMatchObject([
          { who: "ops", parameters: { name: "main", reason: "budget talks" }, result: "done" }
        ])
      })
  )

  it.live("whose key is refused is in the notices of a ready relay, which takes webhooks all the same", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay(undefined, { SPOT_KEY: "a-key-that-is-wrong" })
      const ready = ask(`${url}/readyz`)
      yield* deliver(url, "svix", { email: alice })
      yield* until(viewer.spots.list(), ([spot]) => spot?.state === "paused")
      const { concerns } = yield* viewer.stats.now()
      expect(concerns).toMatchObject([{ kind: "key_refused", reason: expect.stringContaining("key") }])
      const noticed = yield* until(ready, ({ json }) => JSON.stringify(json).includes("key_refused"))
      expect(noticed).toMatchObject({
        status: 200,
        json: {
          status: "ready",
          checks: [
            { name: "database", ok: true, reason: null },
            { name: "migrations", ok: true, reason: null }
          ],
          notices: [
            { kind: "key_refused", urgency: "critical", subject: { spot: "main" }, since: expect.any(String) }
          ]
        }
      })
      expect((yield* ask(`${url}/readyz?exclude=spots`)).status).toBe(200)
      expect((yield* ask(`${url}/healthz`)).json).toEqual({ status: "alive" })
      expect(yield* viewer.spots.list()).toMatchObject([{ state: "paused", pausedBy: "upstream" }])
      expect((yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "bob" })).status).toBe(202)
    }).pipe(isolated)
  )
})

describe("the budget", () => {
  onEach(
    "tells what each window has spent and has left, and what waits",
    ({ url, operator, viewer, ledger }) =>
      Effect.gen(function* () {
        yield* deliver(url, "svix", { email: alice }, { id: "1" })
        yield* participants(ledger, 1)
        yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "a look" } })
        yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "2" })
        const [main] = yield* until(viewer.budget.get(), ([spot]) => spot?.backlog === 1)
        expect(main).toMatchObject({
          spot: "main",
          windows: [
            { windowMs: 10_000, calls: 100 },
            { windowMs: 86_400_000, calls: 50_000, spent: 1, left: 49_999 }
          ],
          pace: 6,
          spentAt: null,
          clearAt: null
        })
        expect(main?.hold).toMatchObject({ state: "paused", until: null, reason: "a look" })
      })
  )
})

describe("a Live", () => {
  onEach(
    "that the upstream does not know is parked, shown, and unparked",
    ({ url, operator, viewer, fault }) =>
      Effect.gen(function* () {
        yield* fault(404)
        yield* deliver(url, "svix", { email: alice })
        const parked = yield* until(viewer.lives.parked(), (lives) => lives.length === 1)
        expect(parked).toMatchObject([{ spot: "main", liveId: "live-svix" }])
        // A Live is parked a moment before the call is settled.
        yield* until(
          viewer.invitations.search({ payload: {} }),
          ({ items }) => items[0]?.status === "pending"
        )
        yield* operator.lives.unpark({ payload: { spot: "main", liveId: "live-svix" } })
        yield* until(
          viewer.invitations.search({ payload: {} }),
          ({ items }) => items[0]?.status === "invited"
        )
        expect(yield* viewer.lives.parked()).toEqual([])
      })
  )
})

describe("a mapping", () => {
  onEach("is tried against stored webhooks, and nothing is applied", ({ url, viewer, ledger }) =>
    Effect.gen(function* () {
      yield* deliver(url, "svix", { email: alice, other: "bob@example.com" })
      expect(yield* participants(ledger, 1)).toEqual([alice])
      yield* until(viewer.stats.now(), ({ lastDay }) => lastDay.invited === 1)
      const attempt = (rules: Mapping.Rules) => viewer.mapping.try({ payload: { source: "svix", rules } })
      expect(yield* attempt({})).toMatchObject({ looked: 1, same: 1, differs: 0, fails: 0 })
      const changed = yield* attempt({ member: { expr: "other" } })
      expect(changed).toMatchObject({
        looked: 1,
        differs: 1,
        trials: [
          {
            verdict: "differs",
            appears: [{ liveId: "live-svix", member: "bob@example.com" }],
            disappears: [{ liveId: "live-svix", member: alice }]
          }
        ],
        people: { added: 1, lost: 1, changed: 0 },
        outdated: 0,
        next: null
      })
      expect(yield* attempt({ member: { expr: "nobody" } })).toMatchObject({ fails: 1 })
      expect(yield* attempt({ when: { expr: "false" } })).toMatchObject({ trials: [{ after: "ignored" }] })
      expect(yield* Effect.flip(attempt({ member: { expr: "((" } }))).toMatchObject({
        _tag: "Invalid",
        problems: [expect.stringMatching(/^member: /)]
      })
      expect((yield* ledger.state).participants).toHaveLength(1)
    })
  )

  onEach("shows its rules in force, and is tried on a part of the webhooks", ({ url, operator, viewer }) =>
    Effect.gen(function* () {
      const inForce = yield* viewer.mapping.inForce({ params: { source: "svix" } })
      expect(inForce).toMatchObject({ source: "svix", rules: { live: "live-svix", events: "all" } })
      for (const id of ["1", "2", "3"]) yield* deliver(url, "svix", { email: `${id}@example.com` }, { id })
      yield* until(viewer.stats.now(), ({ lastDay }) => lastDay.invited === 3)
      yield* operator.sources.pause({ params: { name: "svix" }, payload: {} })
      yield* deliver(url, "svix", { email: "4@example.com" }, { id: "4" })
      yield* until(viewer.sources.list(), (list) => list.some(({ held }) => held === 1))
      const attempt = (more: {
        readonly after?: string
        readonly status?: ReadonlyArray<"held" | "mapped">
      }) => viewer.mapping.try({ payload: { source: "svix", rules: { live: "live-2" }, limit: 2, ...more } })
      expect(yield* attempt({ status: ["held"] })).toMatchObject({
        looked: 1,
        people: { added: 1, lost: 0, changed: 0 },
        next: null
      })
      const first = yield* attempt({ status: ["mapped"] })
      expect(first).toMatchObject({
        looked: 2,
        people: { added: 0, lost: 0, changed: 2 },
        next: expect.any(String),
        searchedTo: expect.anything()
      })
      const rest = yield* attempt({ status: ["mapped"], after: first.next ?? "" })
      expect(rest).toMatchObject({ looked: 1, next: null })
      expect("searchedTo" in rest).toBe(false)
    })
  )
})

describe("the quarantine", () => {
  onEach(
    "keeps what was refused, explains it, and lets go of it or takes it on an operator's word",
    ({ url, operator, viewer, ledger }) =>
      Effect.gen(function* () {
        for (const id of ["1", "2"]) {
          const refused = yield* deliver(
            url,
            "svix",
            { email: `${id}@example.com` },
            { id, secret: `whsec_${btoa("another one")}` }
          )
          expect(refused.status).toBe(401)
        }
        const { items } = yield* until(
          viewer.quarantine.list({ query: {} }),
          (page) => page.items.length === 2
        )
        const [second, first] = items
        expect(first).toMatchObject({
          source: "svix",
          sender: "svix",
          times: 1,
          reason: expect.any(String),
          size: 25
        })
        const detail = yield* viewer.quarantine.get({ params: { id: first?.id ?? "" } })
        expect(detail).toMatchObject({
          verifies: false,
          body: { text: expect.stringContaining("1@example.com") }
        })
        expect(yield* operator.quarantine.release({ payload: { source: "svix" } })).toMatchObject({
          released: 0,
          refused: 2
        })
        const taken = { ids: [first?.id ?? ""], unverified: true }
        expect(yield* operator.quarantine.release({ payload: taken })).toMatchObject({
          released: 1,
          refused: 0
        })
        expect(yield* participants(ledger, 1)).toEqual(["1@example.com"])
        expect(yield* operator.quarantine.discard({ payload: { ids: [second?.id ?? ""] } })).toEqual({
          discarded: 1,
          unknown: []
        })
        expect((yield* viewer.quarantine.list({ query: {} })).items).toEqual([])
        const log = yield* viewer.audit.list({ query: { what: "quarantine.release" } })
        expect(log.items.map(({ result }) => result)).toEqual([
          "done: 1 released, 0 refused",
          "done: 0 released, 2 refused"
        ])
      })
  )
})

describe("figures", () => {
  onEach("tell how things stand and how they went, and dead letters by cause", ({ url, viewer, fault }) =>
    Effect.gen(function* () {
      yield* fault(400)
      yield* deliver(url, "svix", { email: alice }, { id: "1" })
      yield* until(viewer.stats.now(), ({ deadLetters }) => deadLetters === 1)
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "2" })
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "2" })
      const now = yield* until(viewer.stats.now(), ({ lastDay }) => lastDay.invited === 1)
      expect(now).toMatchObject({
        lastDay: { accepted: 2, duplicates: 1, mapped: 2, requested: 2, invited: 1, rejected: 1, ignored: 0 },
        waitingWebhooks: 0,
        waitingInvitations: 0,
        quarantined: 0
      })
      const from = DateTime.subtract(yield* DateTime.now, { hours: 5 })
      const series = yield* viewer.stats.series({ query: { bucket: "hour", from, source: "svix" } })
      expect(series).toHaveLength(6)
      expect(series.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(2)
      expect(yield* viewer.deadLetters.list()).toMatchObject([
        {
          status: "rejected",
          error: "MalformedPayload",
          spot: "main",
          liveId: "live-svix",
          count: 1,
          message: expect.stringContaining("MeltingSpot says that the invitation to Live live-svix")
        }
      ])
      const far = DateTime.subtract(from, { days: 10 })
      expect(
        yield* Effect.flip(viewer.stats.series({ query: { bucket: "minute", from: far } }))
      ).toMatchObject({
        _tag: "Invalid",
        problems: [expect.stringContaining("at most 2000 are allowed")]
      })
      expect(
        yield* viewer.stats.series({
          query: { bucket: "minute", from: DateTime.add(yield* DateTime.now, { days: 1 }) }
        })
      ).toEqual([])
    })
  )
})

describe("live events", () => {
  onEach("come as they happen, by the contract's own client, without addresses", ({ url, viewer }) =>
    Effect.gen(function* () {
      const stream = yield* viewer.events.stream()
      const heard = yield* Effect.forkChild(Stream.runCollect(Stream.take(stream, 4)), {
        startImmediately: true
      })
      yield* deliver(url, "svix", { email: alice })
      const events = yield* Fiber.join(heard)
      expect(events).toMatchObject([
        { type: "webhook", source: "svix", status: "received" },
        { type: "webhook", status: "mapped" },
        { type: "invitation", liveId: "live-svix", status: "pending" },
        { type: "invitation", spot: "main", status: "invited" }
      ])
      expect(JSON.stringify(events)).not.toContain("@")
    })
  )

  onEach("tell that a refused delivery is kept, discarded or released", ({ url, operator, viewer }) =>
    Effect.gen(function* () {
      const stream = yield* viewer.events.stream()
      const heard = yield* Effect.forkChild(
        Stream.filter(stream, ({ type }) => type === "quarantine").pipe(Stream.take(4), Stream.runCollect),
        { startImmediately: true }
      )
      const refuse = Effect.gen(function* () {
        yield* deliver(url, "svix", { email: alice }, { secret: `whsec_${btoa("another")}` })
        const [delivery] = (yield* operator.quarantine.list({ query: {} })).items
        return delivery?.id ?? ""
      })
      const discarded = yield* refuse
      yield* operator.quarantine.discard({ payload: { ids: [discarded] } })
      const released = yield* refuse
      yield* operator.quarantine.release({ payload: { ids: [released], unverified: true } })
      expect(yield* Fiber.join(heard)).toEqual(
        [discarded, discarded, released, released].map((id) => ({ type: "quarantine", id, source: "svix" }))
      )
    })
  )

  it.live("of another relay on the database come as word that something has changed", () =>
    Effect.gen(function* () {
      const { viewer, database } = yield* relay()
      const stream = yield* viewer.events.stream()
      const heard = yield* Effect.forkChild(Stream.runHead(stream), { startImmediately: true })
      const other = yield* openDatabase(database)
      const minute = Math.floor(DateTime.toEpochMillis(yield* DateTime.now) / 60_000) * 60_000
      const count = other.prepare(
        `INSERT INTO counts VALUES ('minute', ?, 'svix', 'accepted', 'other', 1)
         ON CONFLICT DO UPDATE SET count = count + 1`
      )
      // Until it has had its first look, nothing is news.
      yield* Effect.forkChild(
        Effect.repeat(
          Effect.sync(() => count.run(minute)),
          Schedule.spaced("100 millis")
        )
      )
      expect(yield* Fiber.join(heard)).toEqual(Option.some({ type: "changed", what: "everything" }))
    }).pipe(isolated)
  )

  it.live("begin with a comment at once, so that a page knows that it listens, and need a token", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const open = (headers: Readonly<Record<string, string>>) =>
        HttpClient.execute(HttpClientRequest.get(`${url}/api/events`, { headers }))
      const response = yield* open(bearer(tokens.READ_TOKEN))
      expect(response.headers["content-type"]).toBe("text/event-stream")
      const [first] = yield* Stream.runCollect(Stream.take(Stream.decodeText(response.stream), 1))
      expect(first).toBe(": listening\n\n")
      expect((yield* open({})).status).toBe(401)
    }).pipe(isolated)
  )
})
