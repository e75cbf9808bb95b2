/** A fault of the relay's own: what is answered, logged and counted. */
import { NodeHttpServer } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Metric } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpRouter, HttpServerResponse, ProblemDetails } from "effect/http"
import { createServer } from "node:http"
import * as Server from "../../src/server/Server.ts"
import * as Failures from "../../src/telemetry/Failures.ts"
import * as Log from "../../src/telemetry/Log.ts"
import { admin, ask, tokens } from "../admin/harness.ts"
import { configuration, deliver, folder, isolated, openDatabase, secrets, serve } from "../harness.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const person = "alice@example.com"

/** Fails in each of the ways that there are. */
const routes = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    yield* router.add("GET", "/people/:person", () =>
      Effect.sync(() => HttpServerResponse.jsonUnsafe(JSON.parse(`{"email": ${person}}`)))
    )
    yield* router.add("POST", "/dies", Effect.die(new Error(person)))
    yield* router.add("GET", "/fails", Effect.fail({ _tag: "Odd", person }))
    yield* router.add("GET", "/throws-text", Effect.die(person))
    yield* router.add("GET", "/answers", HttpServerResponse.text(person, { status: 500 }))
    yield* router.add("GET", "/busy", HttpServerResponse.empty({ status: 503 }))
    yield* router.add("GET", "/fine", HttpServerResponse.text("fine"))
    yield* router.add("GET", "/gone", Effect.die(HttpServerResponse.empty({ status: 410 })))
    yield* router.add(
      "GET",
      "/webhooks/:source",
      ProblemDetails.toResponse({ type: ProblemDetails.blankType, status: 500, title: "Not stored" })
    )
  })
)

/** Serves them; where, the lines of its log, and how often it has failed by route. */
const served = Effect.gen(function* () {
  const lines: Array<Record<string, unknown>> = []
  const app = Failures.layer.pipe(Layer.provide(SecureRandom.layerWebCrypto), Layer.provide(routes))
  const logging = Logger.layer([Logger.map(Log.json, (line) => void lines.push(JSON.parse(line)))])
  const services = yield* Layer.build(
    HttpRouter.serve(app, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provideMerge(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })),
      Layer.provide(logging)
    )
  )
  const counted = Effect.map(Metric.snapshot, (all) =>
    Object.fromEntries(
      all.flatMap((one) =>
        one.type === "Counter" && one.id === "usher_http_failures_total"
          ? [[Object(one.attributes).route, Number(one.state.count)]]
          : []
      )
    )
  )
  return { url: yield* Effect.provide(Server.url, services), lines, counted }
})

describe("a request that the relay fails to answer", () => {
  it.live("is a problem with an id, one line of the log with the same id, and counts for its route", () =>
    Effect.gen(function* () {
      const { url, lines, counted } = yield* served
      const ways = [
        ["GET", `/people/${person}?email=${person}`, "/people/:person", "SyntaxError"],
        ["POST", "/dies", "/dies", "Error"],
        ["GET", "/fails", "/fails", "object"],
        ["GET", "/throws-text", "/throws-text", "string"],
        ["GET", "/answers", "/answers", undefined]
      ] as const
      for (const [method, target, route, type] of ways) {
        const { status, headers, json } = yield* ask(url + target, { method })
        const { id } = Object(json)
        expect(id).toMatch(/^err_[0-9A-Z]{26}$/)
        expect({ status, type: headers["content-type"] }).toEqual({
          status: 500,
          type: ProblemDetails.contentType
        })
        expect(json).toEqual({
          type: "urn:usher:problem:failure",
          status: 500,
          title: "Internal server error",
          detail: `The relay failed. To find the cause, search its log for ${id}.`,
          id
        })
        expect(lines.splice(0)).toEqual([
          expect.objectContaining({
            level: "error",
            message: "The relay failed to answer a request",
            id,
            "http.request.method": method,
            "http.route": route,
            ...(type === undefined ? {} : { "error.type": type })
          })
        ])
        expect((yield* counted)[route]).toBe(1)
      }
    }).pipe(isolated)
  )

  it.live("shows where it failed, and quotes neither the request nor the error", () =>
    Effect.gen(function* () {
      const { url, lines } = yield* served
      for (const target of [`/people/${person}?email=${person}`, "/fails", "/throws-text", "/answers"]) {
        const { text } = yield* ask(url + target)
        expect(text).not.toContain(person)
      }
      expect(JSON.stringify(lines)).not.toMatch(/alice|example\.com/)
      const [first] = lines
      expect(Object(first)["error.at"]).toEqual(
        expect.arrayContaining([expect.stringContaining("Failures.test")])
      )
    }).pipe(isolated)
  )

  it.live("is told from answers that are meant", () =>
    Effect.gen(function* () {
      const { url, lines } = yield* served
      const statusOf = (target: string) => Effect.map(ask(url + target), ({ status }) => status)
      expect(yield* statusOf("/busy")).toBe(503)
      expect(yield* statusOf("/fine")).toBe(200)
      expect(yield* statusOf("/gone")).toBe(410)
      expect(yield* statusOf("/nowhere")).toBe(404)
      // The Receiver logs and counts its own.
      expect(yield* ask(`${url}/webhooks/form`)).toMatchObject({ status: 500, json: { title: "Not stored" } })
      expect(lines).toEqual([])
    }).pipe(isolated)
  )
})

it.live(
  "a relay whose database holds what it can't read says so in the admin API, in its log and in its metrics",
  () =>
    Effect.gen(function* () {
      const home = yield* folder(configuration("http://127.0.0.1:1") + admin)
      const relay = yield* serve(home, { ...secrets, ...tokens })
      const { json } = yield* deliver(relay.url, "token", { people: [{ email: person }] })
      const file = yield* openDatabase(home.database)
      // No date is that late.
      file.exec("UPDATE webhooks SET received_at = 9000000000000000")
      const headers = { authorization: `Bearer ${tokens.READ_TOKEN}` }
      const answer = yield* ask(`${relay.url}/api/webhooks/${Object(json).id}`, { headers })
      expect(answer).toMatchObject({
        status: 500,
        headers: { "cache-control": "no-store", "x-content-type-options": "nosniff" },
        json: { type: "urn:usher:problem:failure" }
      })
      const logged = relay.output.stderr
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ level }) => level === "error")
      expect(logged).toEqual([
        expect.objectContaining({
          id: Object(answer.json).id,
          "http.route": "/api/webhooks/:id",
          message: "The relay failed to answer a request"
        })
      ])
      const { text } = yield* ask(`${relay.url}/metrics`)
      expect(text).toMatch(/^usher_http_failures_total\{route="\/api\/webhooks\/:id"\} 1$/m)
      expect(relay.output.stderr).not.toContain(person)
    }).pipe(isolated),
  patience
)
