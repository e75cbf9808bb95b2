/** What an operator does on a day when everything goes wrong, against one `usher serve`, by its admin API. */
import { expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { HttpClient } from "effect/http"
import { admin, ask, client, tokens } from "../admin/harness.ts"
import { configuration, deliver, folder, isolated, sandbox, secrets, serve, until } from "../harness.ts"
import { collector } from "../telemetry/collector.ts"

/** Far more than the test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const right = secrets.SVIX_SECRET
const wrong = `whsec_${btoa("what svix had before it was rotated")}`

/** A relay that tells everything it can, to its log and to a collector; its secret of `svix` stands in a file. */
const running = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const upstream = yield* sandbox
  const { url: collectorUrl, received } = yield* collector
  const text = admin + configuration(upstream.url)
  const home = yield* folder(text.replace("{ env: SVIX_SECRET }", "{ file: ./svix.secret }"))
  const keep = (secret: string) => fs.writeFileString(`${home.path}/svix.secret`, secret)
  yield* keep(wrong)
  const relay = yield* serve(home, {
    ...secrets,
    ...tokens,
    LOG_LEVEL: "trace",
    OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl,
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_TRACES_SAMPLER: "always_on"
  })
  const sent: Array<string> = []
  return {
    relay,
    keep,
    operator: yield* client(relay.url, tokens.OPERATE_TOKEN),
    metrics: Effect.flatMap(HttpClient.get(`${relay.url}/metrics`), ({ text }) => text),
    /** Sends what svix would; its status. */
    send: Effect.fnUntraced(function* (email: string) {
      const body = { email, note: `about ${email}` }
      const answer = yield* deliver(relay.url, "svix", body, { secret: right, id: `msg_${sent.length}` })
      sent.push(answer.sent["webhook-signature"] ?? answer.sent["svix-signature"] ?? "")
      return answer.status
    }),
    /** Once the upstream has this person. */
    invited: (email: string) =>
      until(upstream.ledger.state, ({ participants }) => participants.some(({ member }) => member === email)),
    notInvited: (email: string) =>
      Effect.map(upstream.ledger.state, ({ participants }) =>
        expect(participants.map(({ member }) => member)).not.toContain(email)
      ),
    fault: (fault: object) =>
      ask(`${upstream.url}/sandbox/fault`, { method: "PUT", body: JSON.stringify({ times: 1, ...fault }) }),
    /** Everything that came out of the relay, once it has stopped: its log, its exports. */
    stopped: Effect.gen(function* () {
      yield* relay.kill("SIGTERM")
      expect(yield* relay.ended).toEqual({ code: 0, signal: null })
      return relay.output.stdout + relay.output.stderr + JSON.stringify(received)
    }),
    signatures: sent
  }
})

type Running = Effect.Success<typeof running>

const quarantined = Effect.fnUntraced(function* ({ operator, send, keep, metrics, invited }: Running) {
  expect(yield* send("alice@example.com")).toBe(401)
  const { items } = yield* operator.quarantine.list({ query: {} })
  expect(items).toMatchObject([{ source: "svix", reason: "NoSecretMatches", times: 1 }])
  expect(yield* operator.quarantine.release({ payload: { all: true } })).toMatchObject({
    released: 0,
    refused: 1
  })
  yield* until(metrics, (text) => text.includes('usher_quarantine_webhooks{source="svix"} 1\n'))
  yield* keep(right)
  expect(yield* operator.upkeep.reload()).toEqual({ changes: ["sources changed svix"] })
  expect(yield* operator.quarantine.release({ payload: { all: true } })).toMatchObject({
    released: 1,
    refused: 0
  })
  yield* invited("alice@example.com")
})

const held = Effect.fnUntraced(function* ({ operator, send, invited, notInvited }: Running) {
  const params = { name: "svix" }
  yield* operator.sources.pause({ params, payload: { reason: "bob@example.com complains" } })
  expect(yield* send("bob@example.com")).toBe(202)
  const found = yield* until(
    operator.webhooks.search({ payload: { status: ["held"] } }),
    ({ items }) => items.length > 0
  )
  expect(found.items).toMatchObject([{ source: "svix", status: "held" }])
  yield* notInvited("bob@example.com")
  yield* operator.sources.resume({ params })
  yield* invited("bob@example.com")
})

const paused = Effect.fnUntraced(function* ({ operator, send, invited, notInvited }: Running) {
  const params = { name: "main" }
  yield* operator.spots.pause({ params, payload: { reason: "the key is renewed" } })
  expect(yield* send("carol@example.com")).toBe(202)
  yield* until(operator.spots.list(), ([spot]) => spot?.state === "paused" && spot.backlog === 1)
  yield* notInvited("carol@example.com")
  yield* operator.spots.resume({ params })
  yield* invited("carol@example.com")
})

const parked = Effect.fnUntraced(function* ({ operator, send, fault, invited }: Running) {
  yield* fault({ status: 404 })
  expect(yield* send("dave@example.com")).toBe(202)
  const [live] = yield* until(operator.lives.parked(), ({ length }) => length > 0)
  expect(live).toMatchObject({ spot: "main", liveId: "live-svix" })
  yield* operator.lives.unpark({ payload: { spot: "main", liveId: "live-svix" } })
  yield* invited("dave@example.com")
  expect(yield* operator.lives.parked()).toEqual([])
})

const rejected = Effect.fnUntraced(function* ({ operator, send, fault, metrics }: Running) {
  yield* fault({ status: 400, body: '{"error":"erin@example.com is nobody we know"}' })
  expect(yield* send("erin@example.com")).toBe(202)
  yield* until(metrics, (text) => text.includes('usher_attempts_total{spot="main",status="400"'))
  const { story } = yield* operator.people.why({ payload: { person: "erin@example.com" } })
  expect(story.length).toBeGreaterThan(0)
})

const unmappable = Effect.fnUntraced(function* ({ send, metrics }: Running) {
  expect(yield* send("frank at example.com")).toBe(202)
  yield* until(metrics, (text) => text.includes('source="svix",status="unmappable"} 1\n'))
})

it.live(
  "an operator mends what goes wrong, and nobody's address, no secret and no signature leaves the relay meanwhile",
  () =>
    Effect.gen(function* () {
      const walk = yield* running
      yield* quarantined(walk)
      yield* held(walk)
      yield* paused(walk)
      yield* parked(walk)
      yield* rejected(walk)
      yield* unmappable(walk)
      yield* walk.operator.people.forget({ payload: { person: "alice@example.com" } })
      const { items } = yield* walk.operator.audit.list({ query: {} })
      expect(items.map(({ what }) => what).toReversed()).toEqual([
        "quarantine.release",
        "upkeep.reload",
        "quarantine.release",
        "sources.pause",
        "sources.resume",
        "spots.pause",
        "spots.resume",
        "lives.unpark",
        "people.forget"
      ])

      const shown = yield* walk.metrics
      const told = (yield* walk.stopped) + shown
      const lines = ["configuration reloaded: sources changed svix", "sources.pause: done", "is parked until"]
      for (const text of [...lines, "Mapper.map", "usher_attempt_seconds"]) expect(told).toContain(text)
      const { length } = walk.signatures
      expect(length).toBe(6)
      const people = ["alice", "bob", "carol", "dave", "erin", "frank"]
      const kept = [...Object.values(secrets), ...Object.values(tokens), right, wrong]
      const bare = kept.flatMap((secret) =>
        secret.startsWith("whsec_") ? [secret.slice(6), atob(secret.slice(6))] : [secret]
      )
      const confidential = [...people, ...bare, ...walk.signatures, "about "]
      expect(confidential.filter((word) => told.includes(word))).toEqual([])
    }).pipe(isolated),
  patience
)
