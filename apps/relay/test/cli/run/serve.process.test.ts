import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Ref } from "effect"
import { HttpClient } from "effect/http"
import type { Ledger } from "@usher/sandbox"
import { existsSync } from "node:fs"
import { createServer } from "node:net"
import {
  configuration,
  connect,
  deliver,
  folder,
  isolated,
  openDatabase,
  participants,
  rawDelivery,
  sandbox,
  secrets,
  serve,
  sources,
  until
} from "../../harness.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

/** Seconds that `docker stop` waits before it kills. */
const granted = 10

const status = (url: string) =>
  Effect.flatMap(HttpClient.get(url), (response) => Effect.as(response.text, response.status))

/** A Standard Webhooks id holds no dot, and the relay keeps an id in which an address stands as a hash. */
const idOf = (email: string) => `msg_${email.slice(0, email.indexOf("@"))}`

/** Sixteen senders at a time; remembers whom the relay has acknowledged, and every answer that was none. */
const load = Effect.fnUntraced(function* (url: string, people: ReadonlyArray<string>) {
  const acknowledged = yield* Ref.make<ReadonlyArray<string>>([])
  const refusals = yield* Ref.make<ReadonlyArray<number>>([])
  const sending = yield* Effect.forEach(
    people,
    (email) =>
      deliver(url, "svix", { email }, { id: idOf(email) }).pipe(
        Effect.flatMap(({ status }) =>
          status === 202
            ? Ref.update(acknowledged, (all) => [...all, email])
            : Ref.update(refusals, (all) => [...all, status])
        ),
        Effect.ignore
      ),
    { concurrency: 16, discard: true }
  ).pipe(Effect.forkChild)
  return {
    /** Once so many are acknowledged; fails when the last sender has given up before. */
    reached: (count: number) =>
      until(Ref.get(acknowledged), (all) => all.length >= count).pipe(
        Effect.raceFirst(Fiber.await(sending)),
        Effect.andThen(Ref.get(acknowledged)),
        Effect.map((all) => expect(all.length).toBeGreaterThanOrEqual(count))
      ),
    /** All that were acknowledged, once the last sender has given up. */
    acknowledged: Effect.andThen(Fiber.join(sending), Ref.get(acknowledged)),
    refusals: Ref.get(refusals)
  }
})

const crowd = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `person-${from + index}@example.com`)

/** How many webhooks and invitations still wait for something. */
const unfinished = (database: { readonly prepare: (sql: string) => { readonly get: () => unknown } }) =>
  Effect.sync(() => {
    const query = `SELECT (SELECT count(*) FROM webhooks WHERE status = 'received')
      + (SELECT count(*) FROM invitations WHERE status IN ('pending', 'sending')) AS count`
    return Number(Object(database.prepare(query).get()).count)
  })

const invited = (ledger: Ledger.Ledger["Service"]) =>
  Effect.map(ledger.state, (state) => new Set(state.participants.map(({ member }) => member)))

describe("killed under load and started again", () => {
  it.live(
    "the relay has invited everybody it ever acknowledged",
    () =>
      Effect.gen(function* () {
        const { url, ledger } = yield* sandbox
        const home = yield* folder(configuration(url))
        const acknowledged: Array<string> = []
        for (const [round, killedAfter] of [20, 100, 220].entries()) {
          const relay = yield* serve(home)
          const senders = yield* load(relay.url, crowd(300, round * 300))
          yield* senders.reached(killedAfter)
          yield* relay.kill("SIGKILL")
          expect(yield* relay.ended).toMatchObject({ signal: "SIGKILL" })
          acknowledged.push(...(yield* senders.acknowledged))
        }
        const database = yield* openDatabase(home.database)
        // What was being sent when it was killed is leased for two minutes more: let them be over.
        database.exec("UPDATE invitations SET due_at = 0 WHERE status = 'sending'")
        yield* serve(home, secrets, sources)
        yield* until(unfinished(database), (count) => count === 0)
        const everybody = yield* invited(ledger)
        expect(acknowledged.length).toBeGreaterThanOrEqual(340)
        expect(acknowledged.filter((person) => !everybody.has(person))).toEqual([])
      }).pipe(isolated),
    patience
  )
})

/** Asks a relay to stop: how many seconds it took to end, with exit code 0. */
const stop = Effect.fnUntraced(function* (relay: Effect.Success<ReturnType<typeof serve>>) {
  yield* relay.kill("SIGTERM")
  const [waited, ended] = yield* Effect.timed(relay.ended)
  expect(ended).toEqual({ code: 0, signal: null })
  return Duration.toSeconds(waited)
})

describe("asked to stop (SIGTERM)", () => {
  it.live(
    "under load, it answers what is in flight, refuses what comes after, and closes the database last",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const home = yield* folder(configuration(url))
        const relay = yield* serve(home)
        const inFlight = yield* connect(relay.url)
        const request = rawDelivery("in-flight@example.com")
        yield* inFlight.send(request.slice(0, -10))
        const senders = yield* load(relay.url, crowd(2000))
        yield* senders.reached(50)

        const ending = yield* stop(relay).pipe(Effect.forkChild)
        yield* until(Effect.exit(Effect.scoped(connect(relay.url))), (exit) => exit._tag === "Failure")
        yield* inFlight.send(request.slice(-10))
        yield* inFlight.closed
        expect(yield* inFlight.received).toMatch(/^HTTP\/1.1 200 .*"status":"accepted"}$/s)
        expect(yield* Fiber.join(ending)).toBeLessThan(granted)
        expect(yield* senders.refusals).toEqual([])
        expect(existsSync(`${home.database}-wal`)).toBe(false)

        const database = yield* openDatabase(home.database)
        const stored = new Set(
          database
            .prepare("SELECT delivery_id FROM webhooks")
            .all()
            .map((row) => row["delivery_id"])
        )
        const acknowledged = yield* senders.acknowledged
        expect(acknowledged.length).toBeGreaterThanOrEqual(50)
        expect(acknowledged.filter((person) => !stored.has(idOf(person)))).toEqual([])
      }).pipe(isolated),
    patience
  )

  it.live(
    "with nothing to do, it ends at once, whoever keeps a connection alive",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const home = yield* folder(configuration(url))
        const relay = yield* serve(home)
        const idle = yield* connect(relay.url)
        yield* idle.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        yield* until(idle.received, (text) => text.includes("alive"))
        expect(yield* stop(relay)).toBeLessThan(granted)
        expect(existsSync(`${home.database}-wal`)).toBe(false)
      }).pipe(isolated),
    patience
  )

  it.live(
    "it does not wait for clients that never finish their request",
    () =>
      Effect.gen(function* () {
        const { url } = yield* sandbox
        const relay = yield* serve(yield* folder(configuration(url)))
        const whole = rawDelivery("stalled@example.com")
        for (const length of [0, 20, whole.length - 10]) {
          const client = yield* connect(relay.url)
          yield* client.send(whole.slice(0, length))
        }
        // By its answer the relay has read what came before.
        expect(yield* status(`${relay.url}/healthz`)).toBe(200)
        expect(yield* stop(relay)).toBeLessThan(granted)
      }).pipe(isolated),
    patience
  )

  it.live(
    "while the upstream hangs, it ends within its grace, and the invitation is due again, unburnt",
    () =>
      Effect.gen(function* () {
        const upstream = yield* hanging
        const home = yield* folder(configuration(upstream.url))
        const relay = yield* serve(home)
        expect(yield* deliver(relay.url, "svix", { email: "a@example.com" })).toMatchObject({ status: 202 })
        yield* upstream.called
        expect(yield* stop(relay)).toBeLessThan(granted)
        const database = yield* openDatabase(home.database)
        expect(
          database.prepare("SELECT status, attempts, lease_token, due_at FROM invitations").all()
        ).toEqual([{ status: "pending", attempts: 0, lease_token: null, due_at: expect.any(Number) }])
      }).pipe(isolated),
    patience
  )
})

/** An upstream that takes calls and never answers. */
const hanging = Effect.acquireRelease(
  Effect.callback<{ readonly url: string; readonly called: Effect.Effect<void>; readonly close: () => void }>(
    (resume) => {
      const call = Promise.withResolvers<void>()
      const server = createServer((socket) => {
        socket.on("data", () => call.resolve())
        socket.on("error", () => {})
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        const called = Effect.promise(() => call.promise)
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, called, close: () => server.close() }))
      })
    }
  ),
  ({ close }) => Effect.sync(close)
)

it.live(
  "while the store can't be written, it accepts nothing and says so; afterwards it goes on",
  () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* sandbox
      const home = yield* folder(configuration(url))
      const relay = yield* serve(home)
      const stranger = yield* openDatabase(home.database)
      stranger.exec("BEGIN EXCLUSIVE")
      const refused = yield* deliver(relay.url, "svix", { email: "a@example.com" }, { id: "msg_1" })
      expect(refused).toMatchObject({ status: 503, json: { title: "Not stored" } })
      expect(refused.headers["retry-after"]).toBe("5")
      expect(yield* status(`${relay.url}/readyz`)).toBe(503)
      expect(yield* status(`${relay.url}/healthz`)).toBe(200)
      stranger.exec("COMMIT")
      yield* until(status(`${relay.url}/readyz`), (status) => status === 200)
      const again = yield* deliver(relay.url, "svix", { email: "a@example.com" }, { id: "msg_1" })
      expect(again).toMatchObject({ status: 202, json: { status: "accepted" } })
      expect(yield* participants(ledger, 1)).toEqual(["a@example.com"])
    }).pipe(isolated),
  patience
)

it.live(
  "its log tells which webhook became what, and holds no secret, signature, address or body",
  () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* sandbox
      const relay = yield* serve(yield* folder(configuration(url)))
      const unknownMember = "7d9f2a10-3c44-4b1e-9a55-0c0ffee0c0de"
      const private_ = { email: "alice.private@example.com", note: "a-private-note" }
      const good = yield* deliver(relay.url, "svix", private_, { id: "msg_good" })
      yield* deliver(relay.url, "svix", private_, { id: "msg_forged", secret: `whsec_${btoa("forged")}` })
      yield* deliver(relay.url, "token", "note=a-private-note&email=alice.private@example.com")
      yield* deliver(relay.url, "hmac", { live: "alice.private@example.com", email: "a-private-note" })
      yield* deliver(relay.url, "hmac", { live: "live-1", email: { note: "a-private-note" } })
      yield* deliver(relay.url, "token", { people: [{ email: unknownMember }] })
      const logged = (words: string) =>
        until(
          Effect.sync(() => relay.output.stderr),
          (text) => text.includes(words)
        )
      yield* logged("invitation invited")
      yield* logged("invitation rejected")
      yield* ledger.setFault({ status: 503, times: 1 })
      yield* deliver(relay.url, "hmac", { live: "live-2", email: "bob.private@example.com" })
      yield* logged("UpstreamUnavailable")
      yield* ledger.setFault({ status: 401 })
      yield* deliver(relay.url, "hmac", { live: "live-3", email: "carol.private@example.com" })
      yield* logged("Spot main paused")
      yield* stop(relay)

      expect(relay.output.stdout).toBe("")
      const said = relay.output.stderr
      expect(said).not.toMatch(/@|private|v1,|sha256=|x-relay-secret/i)
      expect(said).not.toContain(unknownMember)
      for (const secret of Object.values(secrets)) {
        expect(said).not.toContain(secret.replace("whsec_", ""))
      }
      expect(said).toContain(Object(good.json).id)
      expect(said).toContain("webhook mapped")
      expect(said).toContain("webhook refused")
      expect(said).toContain("invitation invited")
      expect(said).toContain("invitation rejected")
    }).pipe(isolated),
  patience
)
