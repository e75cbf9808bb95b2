/** Bodies as they really come, over bare sockets, and as an operator sees them. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Option } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { Body } from "@usher/admin"
import { sign } from "@usher/signatures/testing"
import { request } from "node:http"
import { gzipSync } from "node:zlib"
import { shown } from "../../../../packages/admin/src/internal/server/body.ts"
import { bodyOf } from "../../src/cli/look/webhooks.ts"
import { BoundedServer } from "../../src/server/Connections.ts"
import { ignoresUpgrade } from "../../src/server/Http.ts"
import { type Relay, relay } from "../admin/harness.ts"
import { bothWays } from "../cli/harness.ts"
import { connect, isolated, participants, rawDelivery, secrets, senderNamed, until } from "../harness.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

/** Posts these bytes to the source `svix`, rightly signed unless another secret is given. */
const post = Effect.fnUntraced(function* (
  { url }: Relay,
  body: Uint8Array,
  options: {
    readonly headers?: Readonly<Record<string, string>>
    readonly secret?: string
    readonly id?: string
  } = {}
) {
  const { headers } = yield* sign(senderNamed("svix"), {
    secret: options.secret ?? secrets.SVIX_SECRET,
    body,
    id: options.id ?? "msg_1",
    at: yield* DateTime.now
  })
  const response = yield* HttpClientRequest.post(`${url}/webhooks/svix`).pipe(
    HttpClientRequest.bodyUint8Array(body, "application/json"),
    HttpClientRequest.setHeaders({ ...headers, ...options.headers }),
    HttpClient.execute
  )
  yield* response.arrayBuffer
  return response.status
})

const wrong = `whsec_${btoa("a wrong secret")}`

describe("a request with an Upgrade header", () => {
  it.live.each([
    [
      "h2c",
      "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA"
    ],
    [
      "websocket",
      "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
    ]
  ])("keeps its body, where %s is offered", ([offer, headers]) =>
    Effect.gen(function* () {
      const { ledger, url } = yield* relay()
      const body = JSON.stringify({ email: `signed-${offer}@example.com` })
      const signed = yield* sign(senderNamed("svix"), {
        secret: secrets.SVIX_SECRET,
        body,
        at: yield* DateTime.now
      })
      const head = Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      const requests = [
        rawDelivery(`token-${offer}@example.com`).replace("\r\n\r\n", `\r\n${headers}\r\n\r\n`),
        `POST /webhooks/svix HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n${head.join("")}${headers}\r\n\r\n${body}`
      ]
      for (const [at, status] of [200, 202].entries()) {
        const client = yield* connect(url)
        yield* client.send(requests[at] ?? "")
        const answer = yield* until(client.received, (received) => received.includes("accepted"))
        expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
      }
      expect(yield* participants(ledger, 2)).toEqual([
        `signed-${offer}@example.com`,
        `token-${offer}@example.com`
      ])
    }).pipe(isolated)
  )

  it("is ignored by this Node, which the start would warn of otherwise", () => {
    expect(ignoresUpgrade(new BoundedServer({}))).toBe(true)
  })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | ReadonlyArray<string>>
  readonly body: string
}

/** By Node itself, which knows more methods than other clients. */
const ask = (method: string, url: string) =>
  Effect.callback<Answer>((resume) => {
    request(url, { method }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => (body += text))
      response.on("end", () =>
        resume(Effect.succeed({ status: response.statusCode, headers: response.headers, body }))
      )
    }).end()
  })

it.live("HEAD is answered as GET is, without the body; unknown paths are 404", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    for (const path of [
      "/healthz",
      "/healthz/",
      "/readyz",
      "/readyz?exclude=spots",
      "/metrics",
      "/",
      "/favicon.svg"
    ]) {
      const [got, head] = [yield* ask("GET", url + path), yield* ask("HEAD", url + path)]
      expect([path, head.status, head.body]).toEqual([path, got.status, ""])
      expect([path, head.headers["content-type"]]).toEqual([path, got.headers["content-type"]])
      expect([path, head.headers["cache-control"]]).toEqual([path, got.headers["cache-control"]])
    }
    expect((yield* ask("HEAD", `${url}/healthz`)).headers["content-length"]).toBe(
      String((yield* ask("GET", `${url}/healthz`)).body.length)
    )
    expect((yield* ask("HEAD", `${url}/webhooks/svix`)).status).toBe(200)
    for (const path of ["/webhooks/nobody", "/webhooks", "/nothing", "/healthz/more"]) {
      expect([path, (yield* ask("HEAD", url + path)).status]).toEqual([path, 404])
    }
  }).pipe(isolated)
)

it.live("every other method is 405 with what is allowed, and 404 where there is nothing", () =>
  Effect.gen(function* () {
    const { url } = yield* relay()
    for (const method of [
      "POST",
      "PUT",
      "DELETE",
      "OPTIONS",
      "TRACE",
      "QUERY",
      "PROPFIND",
      "LINK",
      "REPORT",
      "PURGE"
    ]) {
      for (const path of ["/", "/healthz", "/readyz", "/metrics", "/assets/x.js"]) {
        const { headers, status } = yield* ask(method, url + path)
        expect([method, path, status, headers["allow"]]).toEqual([method, path, 405, "GET, HEAD"])
      }
      const hook = yield* ask(method === "POST" ? "PUT" : method, `${url}/webhooks/svix`)
      expect([method, hook.status, hook.headers["allow"]]).toEqual([method, 405, "HEAD, POST"])
      for (const path of ["/nothing", "//readyz/", "/METRICS"]) {
        expect([method, path, (yield* ask(method, url + path)).status]).toEqual([method, path, 404])
      }
      const stats = yield* ask(method, `${url}/api/stats`)
      expect([method, stats.status, stats.headers["allow"]]).toEqual([method, 405, "GET"])
    }
  }).pipe(isolated)
)

/** What is signed, and the JSON that is read of it, if any. */
const looks: ReadonlyArray<readonly [name: string, body: string, json: unknown]> = [
  ["integers of 64 bits", '{ "id":813683310949021977,"n":1e999}', { id: "813683310949021977", n: "1e999" }],
  ["brackets 10,000 deep", "[".repeat(10_000) + "]".repeat(10_000), undefined],
  ["objects 10,000 deep", `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`, undefined],
  ["half of a surrogate pair", String.raw`{"name":"cut \ud83d"}`, { name: "cut \ud83d" }],
  ["a prototype", '{"__proto__":{"a":1},"ok":true}', JSON.parse('{"__proto__":{"a":1},"ok":true}')],
  ["no JSON", "a=b&c=d", undefined]
]

describe("an operator looks at a body that holds", () => {
  it.live.each(looks)("%s", ([, body, json]) =>
    Effect.gen(function* () {
      const here = yield* relay()
      const { viewer } = here
      expect(yield* post(here, bytes(body))).toBe(202)
      expect(yield* post(here, bytes(body), { secret: wrong })).toBe(401)
      const [webhook] = (yield* viewer.webhooks.search({ payload: {} })).items
      const [refused] = (yield* viewer.quarantine.list({ query: {} })).items
      const expected = json === undefined ? { base64: btoa(body) } : { text: body }
      const stored = viewer.webhooks.get({ params: { id: webhook?.id ?? "" } })
      const quarantined = viewer.quarantine.get({ params: { id: refused?.id ?? "" } })
      // The diagnosis of a long body prints JSON again and again, which is another test's matter.
      const views = yield* Effect.all(body.length > 10_000 ? [stored] : [stored, quarantined])
      expect(views.map(({ body }) => body)).toEqual(views.map(() => expected))
      expect(Option.getOrUndefined(Body.jsonOf(expected))).toEqual(json)
      expect([Body.decompressed(expected), Body.sent(expected)]).toEqual([bytes(body), bytes(body)])
    }).pipe(isolated)
  )

  it.effect("more than a megabyte of JSON: as its bytes", () =>
    Effect.gen(function* () {
      const sized = (length: number) => bytes(JSON.stringify("x".repeat(length - 2)))
      const most = 1024 * 1024
      expect(yield* shown({ headers: {}, body: sized(most) })).toHaveProperty("text")
      expect(yield* shown({ headers: {}, body: sized(most + 1) })).not.toHaveProperty("text")
    })
  )

  it.effect("JSON in another charset or with a byte order mark: as its text, and as its bytes", () =>
    Effect.gen(function* () {
      const marked = Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes("{}")])
      expect(yield* shown({ headers: {}, body: marked })).toEqual({ text: "{}", base64: "77u/e30=" })
      const latin = Uint8Array.from([0x22, 0xfc, 0x22])
      const headers = { "content-type": "application/json; charset=latin1" }
      expect(yield* shown({ headers, body: latin })).toEqual({ text: '"ü"', base64: "Ivwi" })
      const form = gzipSync("a=b")
      expect(yield* shown({ headers: { "content-encoding": "gzip" }, body: form })).toEqual({
        base64: form.toString("base64"),
        decompressed: { encoding: "gzip", base64: btoa("a=b") }
      })
    })
  )

  it.live(
    "something compressed: decompressed, with its integers exact, beside the bytes as they were sent",
    () =>
      Effect.gen(function* () {
        const here = yield* relay()
        const plain = '{"email":"gz@example.com","id":813683310949021977}'
        const compressed = gzipSync(plain)
        const headers = { "content-encoding": "gzip" }
        expect(yield* post(here, compressed, { headers })).toBe(202)
        expect(yield* post(here, compressed, { headers, secret: wrong })).toBe(401)
        expect(yield* participants(here.ledger, 1)).toEqual(["gz@example.com"])
        const [webhook] = (yield* here.viewer.webhooks.search({ payload: {} })).items
        const [refused] = (yield* here.viewer.quarantine.list({ query: {} })).items
        const expected = {
          base64: compressed.toString("base64"),
          decompressed: { encoding: "gzip" },
          text: plain
        }
        const { body } = yield* here.viewer.webhooks.get({ params: { id: webhook?.id ?? "" } })
        expect(body).toEqual(expected)
        expect((yield* here.viewer.quarantine.get({ params: { id: refused?.id ?? "" } })).body).toEqual(
          expected
        )
        expect([Body.decompressed(body), Body.sent(body)]).toEqual([
          bytes(plain),
          Uint8Array.from(compressed)
        ])
        expect(bodyOf(body)).toBe(
          '(decompressed from gzip)\n{\n  "email": "gz@example.com",\n  "id": "813683310949021977"\n}'
        )
      }).pipe(isolated)
  )
})

bothWays("a body that is nested 10,000 deep is shown raw", (run, here) =>
  Effect.gen(function* () {
    const deep = "[".repeat(10_000) + "]".repeat(10_000)
    expect(yield* post(here, bytes(deep))).toBe(202)
    const [webhook] = (yield* here.viewer.webhooks.search({ payload: {} })).items
    const shown = yield* run("webhooks", "show", webhook?.id ?? "")
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toContain(deep)
  })
)

bothWays("a refused body of 1 MiB of brackets is shown raw, with why it is not diagnosed", (run, here) =>
  Effect.gen(function* () {
    const deep = "[".repeat(524_288) + "]".repeat(524_288)
    expect(yield* post(here, bytes(deep), { secret: wrong })).toBe(401)
    const [refused] = (yield* here.viewer.quarantine.list({ query: {} })).items
    const detail = yield* here.viewer.quarantine.get({ params: { id: refused?.id ?? "" } })
    expect(detail).toMatchObject({
      verifies: false,
      refusal: { reason: "NoSecretMatches" },
      findings: [],
      untried: "Bodies above 64 KiB are not diagnosed."
    })
    expect(detail.body).toEqual({ base64: btoa(deep) })
    const shown = yield* run("quarantine", "show", refused?.id ?? "")
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toContain("\nBodies above 64 KiB are not diagnosed.\n")
  })
)

bothWays("a person in a compressed body that made no invitation is found, and forgotten", (run, here) =>
  Effect.gen(function* () {
    const body = gzipSync('{"customer":"gz@example.com"}')
    expect(yield* post(here, body, { headers: { "content-encoding": "gzip" } })).toBe(202)
    const [webhook] = yield* until(
      Effect.map(here.viewer.webhooks.search({ payload: {} }), ({ items }) => items),
      ([one]) => one?.status === "unmappable"
    )
    const why = yield* run("why", "gz@example.com")
    expect(why.stdout).toContain(webhook?.id)
    expect(yield* run("forget", "gz@example.com", "--yes")).toMatchObject({ code: 0 })
    const { body: left } = yield* here.viewer.webhooks.get({ params: { id: webhook?.id ?? "" } })
    expect(left).toEqual({ base64: "" })
  })
)
