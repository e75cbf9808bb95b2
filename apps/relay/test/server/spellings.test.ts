/** Each route in each spelling that a router reads alike: one is served, and the others are 404 under the same policy. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { OpenApi } from "effect/http-api"
import { Api } from "@usher/admin"
import { existsSync, readdirSync } from "node:fs"
import { request } from "node:http"
import { fileURLToPath } from "node:url"
import { relay, tokens } from "../admin/harness.ts"
import { connect, isolated, secrets } from "../harness.ts"

const dist = fileURLToPath(new URL("../../../dashboard/dist/assets", import.meta.url))

const endpoints = Object.entries(OpenApi.fromApi(Api.AdminApi).paths).map(
  ([path, item]) =>
    [Object.keys(item)[0]?.toUpperCase() ?? "GET", path.replaceAll(/\{\w+\}/g, "Nothing-1")] as const
)

const pages = [
  "/healthz",
  "/readyz",
  "/metrics",
  "/api/docs",
  "/api/docs/start.js",
  "/api/docs/reference.js",
  "/api/openapi.json",
  ...(existsSync(dist) ? readdirSync(dist).map((name) => `/assets/${name}`) : [])
].map((path) => ["GET", path] as const)

const routes = [...endpoints, ...pages]

/** The first letter of the path, escaped though it need not be. */
const escaped = (path: string) => `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`

const otherSpellings = (path: string): ReadonlyArray<readonly [name: string, path: string]> => [
  ["in capitals", `/${path.slice(1, 4).toUpperCase()}${path.slice(4)}`],
  ["with a doubled slash", `/${path}`],
  ["with an escape", escaped(path)],
  ["with a slash at the end", `${path}/`],
  ["with a dot segment", `/.${path}`],
  ["with parent segments", `/webhooks/..${path}`],
  ["with a semicolon", `${path};a=b`],
  ["with a fragment", `${path}#a`]
]

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
}

/** As it is written: clients that are kinder tidy the path. */
const ask = (
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body = ""
) =>
  Effect.callback<Answer, Error>((resume) => {
    const { hostname, port } = new URL(url)
    const asked = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      response.destroy()
      resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers }))
    })
    asked.on("error", (error) => resume(Effect.fail(error)))
    asked.end(body)
    return Effect.sync(() => asked.destroy())
  })

const authorized = { authorization: `Bearer ${tokens.READ_TOKEN}` }

describe("a path", () => {
  it.live(
    "has one spelling outside /webhooks/, and every other one is 404 with the headers of an error",
    () =>
      Effect.gen(function* () {
        const { url } = yield* relay()
        for (const [method, path] of [...routes, ["GET", "/"] as const]) {
          const { status, headers } = yield* ask(url, method, path, authorized)
          expect([path, status < 500 && status !== 421, headers["x-content-type-options"]]).toEqual([
            path,
            true,
            "nosniff"
          ])
          expect([path, headers["content-security-policy"]]).toEqual([
            path,
            expect.stringContaining("frame-ancestors 'none'")
          ])
        }
        for (const [method, path] of routes) {
          for (const [name, other] of otherSpellings(path)) {
            const { status, headers } = yield* ask(url, method, other, authorized)
            expect([name, other, status]).toEqual([name, other, 404])
            expect(headers).toMatchObject({
              "cache-control": "no-store",
              "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
              "content-type": "application/problem+json",
              "x-content-type-options": "nosniff"
            })
          }
        }
      }).pipe(isolated)
  )

  it.live("of the admin API is answered without a token by 401 and by nothing else", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      for (const [method, path] of endpoints) {
        if (method === "POST" && path === "/api/session") continue
        const { status, headers } = yield* ask(url, method, path)
        expect([path, status, headers["cache-control"]]).toEqual([path, 401, "no-store"])
      }
    }).pipe(isolated)
  )

  it.live("under /webhooks/ is taken in every spelling, with the same headers", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const sent = { "content-type": "application/json", "x-relay-secret": secrets.TOKEN_SECRET }
      const spellings = ["", "/", "?a=b", ";a=b", "#a"].map((end) => `/webhooks/token${end}`)
      const others = ["/WEBHOOKS/token", "//webhooks//token", "/webhooks/%74oken", "/%77ebhooks/token"]
      for (const [at, path] of [...spellings, ...others].entries()) {
        const body = JSON.stringify({ people: [{ email: `p${at}@example.com` }] })
        const { status, headers } = yield* ask(url, "POST", path, sent, body)
        expect([path, status, headers["x-content-type-options"]]).toEqual([path, 200, "nosniff"])
      }
      for (const [method, path] of [
        ["POST", "/webhooks/nobody"],
        ["PUT", "/webhooks/token"],
        ["POST", "/webhooks/token"],
        ["HEAD", "/webhooks/token"],
        ["OPTIONS", "*"],
        ["GET", `/webhooks/${"x".repeat(9_000)}`]
      ] as const) {
        const { headers } = yield* ask(url, method, path)
        expect([path, headers["x-content-type-options"]]).toEqual([path, "nosniff"])
      }
    }).pipe(isolated)
  )
})

/** How much of an endless body a client can write before the relay hangs up, and what it is answered. */
const endless = Effect.fnUntraced(function* (url: string, path: string) {
  const { send, received, closed, buffered } = yield* connect(url)
  yield* send(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
  )
  const chunk = `${(65_536).toString(16)}\r\n${"a".repeat(65_536)}\r\n`
  const writing = Effect.forever(
    Effect.andThen(
      Effect.suspend(() => (buffered() > 1_000_000 ? Effect.void : send(chunk))),
      Effect.sleep("1 millis")
    )
  )
  yield* Effect.raceFirst(writing, closed)
  return (yield* received).split("\r\n")[0]
})

it.live("refuses an endless body early, in each spelling of each route", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const paths = ["/api/session", "/API/session", "/%61pi/session", "//api/session", "/api/people/why"]
    for (const path of [...paths, "/", "/nothing", "/healthz", "/webhooks/token", "/WEBHOOKS/token"]) {
      expect([path, yield* endless(url, path)]).toEqual([
        path,
        expect.stringMatching(/^HTTP\/1\.1 4(?:01|04|05|13) /)
      ])
    }
  }).pipe(isolated)
)

it.live("takes no more than 16 KiB for a sign-in, which nobody has to be known for", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    const type = { "content-type": "application/json" }
    const body = (length: number) => JSON.stringify({ token: "x" }).padEnd(length)
    expect((yield* ask(url, "POST", "/api/session", type, body(8_000))).status).toBe(401)
    expect((yield* ask(url, "POST", "/api/session", type, body(17_000))).status).toBe(413)
  }).pipe(isolated)
)
