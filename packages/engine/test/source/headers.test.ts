/** Which headers a source's webhooks keep. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Secret, Senders, type Sender } from "@usher/signatures"
import { Mapping, Source } from "../../src/index.ts"
import { headersRead } from "../../src/source/expressions/headersRead.ts"
import * as headers from "../../src/source/headers.ts"
import { secret, sender } from "../fixtures.ts"

describe("the headers that an expression reads", () => {
  const cases: ReadonlyArray<
    readonly [expression: string, names: ReadonlyArray<string>, isComputed: boolean]
  > = [
    ["email", [], false],
    ['$headers."X-Foo"', ["x-foo"], false],
    ["$headers.'x-foo'[0] & $headers.`x-bar`.y", ["x-bar", "x-foo"], false],
    ["data.($exists($headers.mail) ? $uppercase($headers.mail) : email)", ["mail"], false],
    ["$lookup($headers, 'x-by')", ["x-by"], false],
    ["$headers.a ~> $trim()", ["a"], false],
    ["$eval('$headers.a & $headers.b')", ["a", "b"], false],
    ["/* $headers */ '$headers' & `$headers`.x", [], false],
    ["$lookup($headers, 'x-' & kind)", [], true],
    ["$headers.a & $lookup($headers, kind)", ["a"], true],
    ["($h := $headers; $h.a)", [], true],
    ["$headers.*", [], true],
    ["$headers[a = 'b'].c", [], true],
    ["$headers{ 'x': a }", [], true],
    ["($headers).a", [], true],
    ["$headers ~> $lookup('a')", [], true],
    ["$keys($headers)", [], true],
    ["$eval(code)", [], true],
    ["$eval('$headers.')", [], true],
    ["code ~> $eval()", [], true],
    ["($e := $eval; $e(code))", [], true]
  ]
  for (const [expression, names, isComputed] of cases) {
    it(`of ${expression} are ${names.join(", ") || "none"}${isComputed ? ", and others" : ""}`, () => {
      expect(headersRead(expression)).toEqual({ names, isComputed })
    })
  }
})

/** What proxies, gateways and clients put beside a delivery. */
const foreign = {
  authorization: "Bearer abc",
  cookie: "session=1",
  "proxy-authorization": "Basic YTpi",
  "cf-access-jwt-assertion": "eyJ",
  "cf-access-authenticated-user-email": "op@example.com",
  "x-goog-iap-jwt-assertion": "eyJ",
  "x-goog-authenticated-user-email": "op@example.com",
  "x-amzn-oidc-data": "eyJ",
  "x-amzn-oidc-identity": "op",
  "x-ms-client-principal": "eyJ",
  "x-auth": "abc",
  "x-auth-request-email": "op@example.com",
  "x-access-key": "abc",
  "x-api-key": "abc",
  "x-webhook-key": "abc",
  "x-forwarded-client-cert": "Hash=1",
  "x-forwarded-user": "op",
  "x-session-id": "abc",
  "x-csrf-token": "abc",
  "x-hub-signature-256": "sha256=1",
  "x-forwarded-for": "192.0.2.1",
  "x-request-id": "1",
  "x-whatever": "1",
  constructor: "1"
}

const usual = {
  "content-type": "application/json",
  "content-encoding": "gzip",
  "user-agent": "Acme/1",
  date: "Mon, 23 Nov 2026 09:00:00 GMT",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  tracestate: "a=b"
}

const sourceOf = Effect.fnUntraced(function* (
  options: {
    readonly rules?: Partial<Mapping.Rules>
    readonly sender?: Sender.Sender
    readonly keepHeaders?: ReadonlyArray<string>
    readonly events?: Source.Options["events"]
  } = {}
) {
  const mapping = yield* Mapping.make({ live: "live-1", member: { expr: "email" }, ...options.rules })
  return yield* Source.make({
    name: "form",
    sender: options.sender ?? sender,
    secrets: [Secret.make(secret)],
    spot: "main",
    mapping,
    events: options.events ?? "all",
    keepHeaders: options.keepHeaders
  })
})

const kept = ({ keptHeaders }: Source.Source, given: Readonly<Record<string, string>>) =>
  headers.kept(given, keptHeaders)

describe("an accepted webhook", () => {
  it.effect("keeps the usual headers, and none that a stranger may add", () =>
    Effect.gen(function* () {
      const source = yield* sourceOf()
      const signed = { "webhook-id": "1", "webhook-timestamp": "2", "webhook-signature": "v1,abc" }
      expect(kept(source, { ...usual, ...foreign, ...signed })).toEqual({
        ...usual,
        "webhook-id": "1",
        "webhook-timestamp": "2"
      })
      expect(kept(source, {})).toEqual({})
    })
  )

  it("keeps of every sender its id and its event, and no credential", () => {
    for (const row of Senders.all) {
      const names = headers.keptNames(row, [], Object.keys(foreign))
      const events = row.events === undefined ? [] : [row.events.name, ...(row.events.otherNames ?? [])]
      const inHeaders = events.flatMap((field) => ("header" in field ? [field.header.toLowerCase()] : []))
      expect([row.name, names]).toEqual([row.name, expect.arrayContaining(inHeaders)])
      expect([row.name, Object.keys(headers.kept(foreign, names)).toSorted()]).toEqual([
        row.name,
        ["constructor", "x-forwarded-for", "x-request-id", "x-whatever"]
      ])
    }
  })

  it.effect("keeps what the mapping, the events and the configuration name", () =>
    Effect.gen(function* () {
      const source = yield* sourceOf({
        rules: { live: { expr: "$headers.'X-Live'" }, when: { expr: "$lookup($headers, kind) = 'a'" } },
        events: { name: { header: "X-Event" }, signUps: ["created"] },
        keepHeaders: ["X-Kind", "constructor", "authorization", "webhook-signature", "x-token"]
      })
      const given = { "x-live": "1", "x-event": "created", "x-kind": "a", "x-token": "1", "x-other": "1" }
      expect(kept(source, { ...given, authorization: "a", "webhook-signature": "b" })).toEqual({
        "x-live": "1",
        "x-event": "created",
        "x-kind": "a"
      })
    })
  )

  it.effect("keeps the headers that a mapping in types lists", () =>
    Effect.gen(function* () {
      const source = yield* Source.make({
        name: "form",
        sender,
        secrets: [Secret.make(secret)],
        spot: "main",
        schema: Schema.Struct({ email: Schema.String }),
        invitations: ({ email }, { headers }) => [{ liveId: headers["x-live"] ?? "", member: email }],
        headers: ["X-Live"]
      })
      expect(kept(source, { "x-live": "live-2", "x-other": "1" })).toEqual({ "x-live": "live-2" })
    })
  )
})
