/** Which listener answers what, and under which host names. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Option } from "effect"
import { Cookies } from "effect/http"
import { layerEvaluator } from "../../../../packages/engine/test/evaluator.ts"
import { InvalidConfig } from "../../src/config/ConfigFile.ts"
import * as Server from "../../src/server/Server.ts"
import { admin, ask, bearer, client, relay, tokens } from "../admin/harness.ts"
import { configuration, connect, deliver, folder, isolated, load, secrets, serve, until } from "../harness.ts"
import { usher } from "../inProcess.ts"

const env = { ...secrets, ...tokens }

const configured = (server: string) =>
  Effect.flatMap(folder(configuration("http://127.0.0.1:1").replace("{ port: 0 }", server) + admin), (home) =>
    Effect.map(load(home.file, env), (config) => ({ home, config }))
  )

/** A relay in this process whose operators have a listener of their own. */
const apart = Effect.fnUntraced(function* (
  server = "{ port: 0, publicUrl: https://hooks.example.com, admin: { port: 0, hosts: [usher.internal] } }"
) {
  const { config } = yield* configured(server)
  const services = yield* Layer.build(
    Server.layer(config).pipe(Layer.provideMerge(Server.layerInbox(config)), Layer.provide(layerEvaluator))
  )
  return {
    senders: yield* Effect.provide(Server.url, services),
    operators: Context.get(services, Server.AdminUrl)
  }
})

const statusOf = (url: string, headers: Readonly<Record<string, string>> = {}) =>
  Effect.map(ask(url, { headers }), ({ status }) => status)

const forOperators = [
  "/",
  "/readyz",
  "/metrics",
  "/api/stats",
  "/api/docs",
  "/api/openapi.json",
  "/favicon.svg"
]

describe("a relay with server.admin", () => {
  it.live("serves operators on that listener, and senders on the other", () =>
    Effect.gen(function* () {
      const { senders, operators } = yield* apart()
      expect(senders).not.toBe(operators)
      for (const path of forOperators) {
        expect([path, yield* statusOf(senders + path, bearer(tokens.READ_TOKEN))]).toEqual([path, 404])
      }
      for (const path of ["/", "/readyz", "/metrics", "/api/stats", "/api/docs", "/api/openapi.json"]) {
        expect([path, yield* statusOf(operators + path, bearer(tokens.READ_TOKEN))]).toEqual([path, 200])
      }
      expect(yield* statusOf(`${senders}/healthz`)).toBe(200)
      expect(yield* statusOf(`${operators}/healthz`)).toBe(200)
      expect((yield* deliver(senders, "svix", { email: "a@example.com" })).status).toBe(202)
      expect((yield* deliver(operators, "svix", { email: "a@example.com" })).status).toBe(404)
      const operator = yield* client(operators, tokens.OPERATE_TOKEN)
      const { items } = yield* operator.webhooks.search({ payload: {} })
      expect(items.map(({ source }) => source)).toEqual(["svix"])
    }).pipe(isolated)
  )

  it.live("signs an operator in there, over http on this machine and over https behind a proxy", () =>
    Effect.gen(function* () {
      const { operators } = yield* apart()
      const signIn = (headers: Readonly<Record<string, string>>) =>
        ask(`${operators}/api/session`, {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify({ token: tokens.READ_TOKEN })
        })
      const near = yield* signIn({ origin: operators })
      expect([near.status, Object.keys(near.cookies.cookies)]).toEqual([200, ["usher_session"]])
      const far = yield* signIn({ origin: "https://usher.internal", host: "usher.internal" })
      expect([far.status, Object.keys(far.cookies.cookies)]).toEqual([200, ["__Host-usher_session"]])
      const secret = Option.getOrThrow(Cookies.getValue(near.cookies, "usher_session"))
      expect(yield* statusOf(`${operators}/api/session`, { cookie: `usher_session=${secret}` })).toBe(200)
      const foreign = yield* signIn({ origin: "https://evil.example" })
      expect(foreign.status).toBe(403)
    }).pipe(isolated)
  )

  it.live("prints both addresses, and ends in order", () =>
    Effect.gen(function* () {
      const { home } = yield* configured("{ port: 0, admin: { port: 0 } }")
      const started = yield* serve(home, env)
      const said = yield* until(
        Effect.sync(() => /dashboard and admin API: (http:\/\/[\d.:]+)/.exec(started.output.stderr)),
        (found) => found !== null
      )
      const operators = said?.[1] ?? ""
      expect(yield* statusOf(`${operators}/readyz`)).toBe(200)
      expect(yield* statusOf(`${started.url}/readyz`)).toBe(404)
      const listed = yield* usher(["sources", "list", "--url", operators, "--token", tokens.READ_TOKEN])
      expect(listed).toMatchObject({ code: 0 })
      yield* started.kill("SIGTERM")
      expect((yield* started.ended).code).toBe(0)
    }).pipe(isolated)
  )
})

describe("the Host header", () => {
  it.live.each([
    ["on one listener", "{ port: 0, publicUrl: https://hooks.example.com }"],
    ["on the listener of operators", "{ port: 0, publicUrl: https://hooks.example.com, admin: { port: 0 } }"]
  ])("is checked for operators, %s", ([, server]) =>
    Effect.gen(function* () {
      const { operators, senders } = yield* apart(server)
      const evil = { host: "evil.example:8787", ...bearer(tokens.READ_TOKEN) }
      for (const path of [
        "/",
        "/favicon.svg",
        "/api/stats",
        "/api/docs",
        "/api/openapi.json",
        "/api/nothing"
      ]) {
        const answer = yield* ask(operators + path, { headers: evil })
        expect([path, answer.status]).toEqual([path, 421])
        expect(answer.text).toContain("server.admin.hosts")
        expect(answer.text).not.toContain("evil")
      }
      for (const path of ["/healthz", "/readyz", "/metrics"]) {
        expect([path, yield* statusOf(operators + path, evil)]).toEqual([path, 200])
      }
      for (const host of ["localhost:1", "hooks.example.com"]) {
        expect(yield* statusOf(`${operators}/api/stats`, { ...evil, host })).toBe(200)
      }
      const sent = yield* deliver(
        senders,
        "svix",
        { email: "a@example.com" },
        { headers: { host: "evil.example" } }
      )
      expect(sent.status).toBe(202)
    }).pipe(isolated)
  )

  it.live("counts as it stands in an absolute target, which comes before it", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const socket = yield* connect(url)
      yield* socket.send("GET http://evil.example/api/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n")
      const answer = yield* until(socket.received, (text) => text.includes("\r\n"))
      expect(answer).toMatch(/^HTTP\/1\.1 421 /)
    }).pipe(isolated)
  )
})

describe("the configuration", () => {
  const problemsOf = (server: string) =>
    Effect.map(Effect.exit(configured(server)), (exit) =>
      Exit.isFailure(exit) &&
      exit.cause.reasons[0]?._tag === "Fail" &&
      exit.cause.reasons[0].error instanceof InvalidConfig
        ? exit.cause.reasons[0].error.problems.map(({ path, reason }) => `${path.join(".")}: ${reason}`)
        : []
    )

  it.live.each(["0.0.0.0", "::", "10.0.0.5", "relay.example.com"])(
    "asks for a listener for operators where host is %s, and says what to write",
    (host) =>
      Effect.gen(function* () {
        expect(yield* problemsOf(`{ host: "${host}" }`)).toEqual([
          "server.host: other machines can reach this address, so operators need a separate listener: add admin: { host: 127.0.0.1, port: 8789 } under server"
        ])
        expect(yield* problemsOf(`{ host: "${host}", admin: { host: 127.0.0.1, port: 8789 } }`)).toEqual([])
      }).pipe(isolated)
  )

  it.live.each(["127.0.0.1", "127.0.0.2", "localhost", "::1"])("needs none where host is %s", (host) =>
    Effect.gen(function* () {
      expect(yield* problemsOf(`{ host: "${host}" }`)).toEqual([])
    }).pipe(isolated)
  )

  it.live("refuses two listeners on one port, and a host name with a port", () =>
    Effect.gen(function* () {
      expect(yield* problemsOf("{ port: 8789, admin: {} }")).toEqual([
        "server.admin.port: senders use this address and port: choose another port"
      ])
      expect(yield* problemsOf('{ admin: { hosts: ["usher.internal:8789"] } }')).toEqual([
        expect.stringMatching(/^server\.admin\.hosts\.0: .*without scheme and port/)
      ])
    }).pipe(isolated)
  )
})
