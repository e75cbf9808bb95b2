import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { HttpServer } from "effect/http"
import { connect } from "node:net"
import { call, invite, inviteMany, layer, list, secretKey, state } from "./harness.ts"

const path = "/v1/lives/live-1/participants"
const alice = { liveId: "live-1", member: "alice@example.com" }

const against = Effect.provide(layer)

const fail = (...script: ReadonlyArray<unknown>) =>
  Effect.map(call("PUT", "/sandbox/fault", script), ({ status, text }) =>
    expect({ status, text }).toEqual({ status: 204, text: "" })
  )

const members = Effect.map(state, ({ participants }) => participants.map(({ member }) => member))

/** All that is sent back to one request, byte for byte. */
const bytes = Effect.flatMap(HttpServer.addressFormattedWith(Effect.succeed), (url) =>
  Effect.callback<string>((resume) => {
    const { hostname, port } = new URL(url)
    const body = JSON.stringify({ member: alice.member })
    let received = ""
    const socket = connect(Number(port), hostname)
    socket.on("data", (chunk) => (received += chunk.toString("latin1")))
    socket.on("error", () => {})
    socket.on("close", () => resume(Effect.succeed(received)))
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${secretKey}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
    )
  })
)

describe("one fault, as the adapter sees it over a socket", () => {
  const nobody: ReadonlyArray<string> = []
  const invited = [alice.member]

  it.live.each([
    [
      "a status with a Retry-After in seconds invites nobody",
      { status: 429, retryAfter: "7" },
      { _tag: "RateLimited", retryAfter: Duration.seconds(7) },
      nobody
    ],
    [
      "a status with a body invites nobody",
      { status: 400, body: `{"message":"no such member"}` },
      { _tag: "MalformedPayload", answer: `{"message":"no such member"}` },
      nobody
    ],
    ["a success that does not act invites nobody", { status: 200 }, { _tag: "AlreadyInvited" }, nobody],
    [
      "a status that acts has invited",
      { status: 500, acts: true },
      { _tag: "UpstreamUnavailable", reason: "ServerError", mayHaveArrived: true, status: 500 },
      invited
    ],
    [
      "a connection cut before acting invites nobody",
      { cut: "before" },
      { _tag: "UpstreamUnavailable", reason: "Disconnected", mayHaveArrived: true },
      nobody
    ],
    [
      "a connection cut after acting has invited",
      { cut: "after" },
      { _tag: "UpstreamUnavailable", reason: "Disconnected", mayHaveArrived: true },
      invited
    ],
    [
      "half of the JSON is undecodable, and has invited",
      { garbage: "truncated" },
      { _tag: "UndecodableAnswer", status: 201 },
      invited
    ],
    [
      "half of some JSON with a status is undecodable, and invites nobody",
      { garbage: "truncated", status: 201 },
      { _tag: "UndecodableAnswer", status: 201 },
      nobody
    ],
    [
      "a page with the status of a success is not the API",
      { garbage: "html", status: 200 },
      { _tag: "UpstreamUnavailable", reason: "NotTheApi", status: 200 },
      nobody
    ],
    [
      "a page with a status is that of a proxy, and invites nobody",
      { garbage: "html", status: 502 },
      { _tag: "UpstreamUnavailable", reason: "ServerError", status: 502 },
      nobody
    ],
    [
      "a wrong content type has invited, and the adapter reads the body all the same",
      { contentType: "text/html" },
      { spotMemberEmail: alice.member, status: "Invited" },
      invited
    ],
    [
      "a delay longer than the adapter's patience has invited",
      { delay: "1 hour" },
      { _tag: "UpstreamUnavailable", reason: "Timeout", mayHaveArrived: true },
      invited
    ],
    [
      "a delay before a status invites nobody",
      { delay: "20 millis", status: 503 },
      { _tag: "UpstreamUnavailable", reason: "ServerError", status: 503 },
      nobody
    ],
    [
      "a drip slower than the adapter's patience has invited",
      { drip: "1 hour" },
      { _tag: "UpstreamUnavailable", reason: "Timeout", mayHaveArrived: true },
      invited
    ],
    [
      "a drip that ends in time is an answer like any other",
      { drip: "40 millis" },
      { spotMemberEmail: alice.member, status: "Invited" },
      invited
    ]
  ] as const)("%s", ([, fault, outcome, after]) =>
    Effect.gen(function* () {
      yield* fail({ ...fault, times: 1 })
      // An answer in time may take a while on a busy machine.
      const timeout = "_tag" in outcome ? "300 millis" : "20 seconds"
      expect(yield* invite(alice, { timeout })).toMatchObject(outcome)
      expect(yield* members).toEqual(after)
      expect(yield* invite(alice)).toMatchObject(
        after.length === 0 ? { status: "Invited" } : { _tag: "AlreadyInvited" }
      )
      expect(yield* state).toMatchObject({ arrived: 2, faulty: 1, faults: [] })
    }).pipe(against)
  )

  it.live("a status with a Retry-After as a date says how long to wait", () =>
    Effect.gen(function* () {
      const retryAfter = new Date(Date.now() + 60_000).toUTCString()
      yield* fail({ status: 503, retryAfter })
      const error = yield* invite(alice)
      if (!("_tag" in error) || error._tag !== "UpstreamUnavailable") return expect.fail(String(error))
      const seconds = Duration.toSeconds(error.retryAfter ?? 0)
      expect(seconds).toBeGreaterThan(50)
      expect(seconds).toBeLessThanOrEqual(60)
    }).pipe(against)
  )
})

describe("one fault, byte for byte", () => {
  it.live("a cut connection sends nothing at all, and stands in the ledger without a status", () =>
    Effect.gen(function* () {
      yield* fail({ cut: "before", times: 1 }, { cut: "after", times: 1 })
      expect(yield* bytes).toBe("")
      expect(yield* bytes).toBe("")
      expect((yield* state).calls.map(({ status }) => status)).toEqual([0, 0])
    }).pipe(against)
  )

  it.live("a wrong content type is sent in place of the right one", () =>
    Effect.gen(function* () {
      yield* fail({ contentType: "text/html" })
      const { status, headers, text } = yield* call("POST", path, { member: alice.member })
      expect({ status, type: headers["content-type"] }).toEqual({ status: 201, type: "text/html" })
      expect(JSON.parse(text)).toMatchObject({ spotMemberEmail: alice.member })
    }).pipe(against)
  )

  it.live("half of the JSON is exactly the first half of what would have been sent", () =>
    Effect.gen(function* () {
      const whole = yield* call("GET", path)
      yield* fail({ garbage: "truncated" })
      const half = yield* call("GET", path)
      expect(half.text).toBe(whole.text.slice(0, Math.floor(whole.text.length / 2)))
      expect(half.headers["content-length"]).toBe(`${half.text.length}`)
    }).pipe(against)
  )

  it.live("a drip takes as long as it is told to, and loses no byte", () =>
    Effect.gen(function* () {
      yield* invite(alice)
      const whole = yield* call("GET", path)
      yield* fail({ drip: "200 millis" })
      const [took, dripped] = yield* Effect.timed(call("GET", path))
      expect(dripped.text).toBe(whole.text)
      expect(Duration.toMillis(took)).toBeGreaterThanOrEqual(195)
    }).pipe(against)
  )

  it.live("an answer without a body drips, too", () =>
    Effect.gen(function* () {
      yield* invite(alice)
      yield* fail({ drip: "50 millis" })
      expect(yield* invite(alice)).toMatchObject({ _tag: "AlreadyInvited" })
    }).pipe(against)
  )

  it.live("a delay takes as long as it is told to", () =>
    Effect.gen(function* () {
      yield* fail({ delay: "100 millis" })
      const [took, outcome] = yield* Effect.timed(invite(alice))
      expect(outcome).toMatchObject({ status: "Invited" })
      expect(Duration.toMillis(took)).toBeGreaterThanOrEqual(99)
    }).pipe(against)
  )
})

describe("a script", () => {
  it.live("is played in order, and lets calls pass", () =>
    Effect.gen(function* () {
      yield* fail(
        { pass: true, times: 2 },
        { status: 503, times: 2 },
        { pass: true, times: 1 },
        { status: 429, times: 1 }
      )
      for (const status of [201, 200, 503, 503, 200, 429, 200]) {
        expect((yield* call("POST", path, { member: alice.member })).status).toBe(status)
      }
      expect(yield* state).toMatchObject({ arrived: 7, faulty: 3 })
    }).pipe(against)
  )

  it.live("meets only the calls it is for, each with the first that is", () =>
    Effect.gen(function* () {
      yield* fail(
        { status: 413, on: { operation: "bulk" }, times: 1 },
        { status: 404, on: { liveId: "a/b" } },
        { status: 503, on: { method: "get" } }
      )
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
      expect(yield* invite({ ...alice, liveId: "a/b" })).toMatchObject({
        _tag: "LiveNotFound",
        liveId: "a/b"
      })
      expect(yield* list("live-1")).toMatchObject({ _tag: "UpstreamUnavailable", status: 503 })
      expect(yield* list("a/b")).toMatchObject({ _tag: "LiveNotFound" })
      expect((yield* state).faults).toHaveLength(3)
      // Too large once: halved, and all are invited.
      expect(yield* inviteMany("live-1", ["b@example.com", "c@example.com"])).toMatchObject([
        { _tag: "Invited" },
        { _tag: "Invited" }
      ])
      expect((yield* state).faults).toHaveLength(2)
    }).pipe(against)
  )

  it.live("takes the place of the one before, and is taken back as a whole", () =>
    Effect.gen(function* () {
      yield* fail({ status: 503 })
      yield* fail({ status: 500, times: 1 }, { status: 502 })
      expect((yield* state).faults).toMatchObject([{ status: 500, times: 1 }, { status: 502 }])
      expect((yield* call("DELETE", "/sandbox/fault")).status).toBe(204)
      expect((yield* state).faults).toEqual([])
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
    }).pipe(against)
  )

  it.live.each([
    [[{ status: 503 }, { status: 99 }], `[1]["status"]`],
    [[{ on: { operation: "delete" }, status: 503 }], `[0]["on"]["operation"]`],
    [{ status: 503, tiems: 2 }, `["tiems"]`],
    [{ times: 2 }, `["status"]`],
    [{ delay: "soon" }, `["delay"]`],
    [{ drip: "0 seconds" }, `["drip"]`],
    [{ cut: "before", status: 503 }, `["status"]`],
    [{ cut: "after", body: "x" }, `["body"]`],
    [{ body: "x", garbage: "html" }, `["garbage"]`],
    [{ pass: true, status: 503 }, `["pass"]`],
    [{ status: 503, retryAfter: "5\r\nx: y" }, `["retryAfter"]`]
  ] as const)("%j is refused by name, and nothing breaks", ([script, field]) =>
    Effect.gen(function* () {
      const refused = yield* call("PUT", "/sandbox/fault", script)
      expect(refused.status).toBe(400)
      expect(refused.text).toContain(field)
      expect(yield* invite(alice)).toMatchObject({ status: "Invited" })
    }).pipe(against)
  )
})
