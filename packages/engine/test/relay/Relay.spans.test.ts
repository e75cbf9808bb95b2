/** What a sender proves itself by stays out of every span, whatever server and tracer the program has. */
import { describe, expect, it } from "@effect/vitest"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { DateTime, Effect, Exit, Layer, Option, Redacted, type Tracer } from "effect"
import { HttpMiddleware, HttpRouter, HttpServer } from "effect/http"
import { Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { createServer } from "node:http"
import { inspect } from "node:util"
import { Inbox, Mapping, Quarantine, Receiver, Source, Sources } from "../../src/index.ts"
import { layerTracer } from "../fixtures.ts"

const publicUrl = "https://hooks.example.com"

const secretOf = (scheme: string) =>
  scheme === "basic" ? "relay:the-password-of-a-sender" : "the-token-of-a-sender"

/** As typed, and as basic authentication sends it. */
const proofs = ["the-token", "the-password", btoa(secretOf("basic")), "verify-token-of-meta", "the-signature"]

/** Every sender whose token or password travels with the delivery, and one that asks by a token in a GET. */
const senders = Senders.all.filter(
  ({ name, scheme }) => scheme.scheme === "token" || scheme.scheme === "basic" || name === "meta"
)

const sources = Effect.gen(function* () {
  const mapping = yield* Mapping.make({ live: "live-1", member: { expr: "email" } })
  const made = yield* Effect.forEach(senders, (sender) =>
    Source.make({
      name: sender.name,
      sender,
      secrets: [Secret.make(secretOf(sender.scheme.scheme))],
      verifyToken: Redacted.make("verify-token-of-meta"),
      spot: "main",
      mapping
    })
  )
  return Sources.layer(new Map(made.map((source) => [source.name, source])))
})

const accepting = Layer.mock(Inbox.Inbox)({
  accept: () => Effect.succeed({ id: "wh_1", duplicate: false })
})
const failing = Layer.mock(Inbox.Inbox)({
  accept: () => Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("disk full") }))
})

const receiver = (inbox: Layer.Layer<Inbox.Inbox>) =>
  Receiver.layer({ publicUrl }).pipe(
    Layer.provide([inbox, Layer.unwrap(sources), Quarantine.layerNone]),
    // The program records all headers.
    Layer.provideMerge(Layer.succeed(HttpMiddleware.TracerHeaderFilter, () => true))
  )

/** What an exporter can read of a span: not the value it succeeded with. */
const exported = ({ name, attributes, events, status, links }: Tracer.NativeSpan) => ({
  name,
  attributes,
  events,
  links,
  failure: status._tag === "Ended" && Exit.isFailure(status.exit) ? status.exit.cause : undefined
})

interface Sent {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Each sender's delivery; the same with a wrong token, to wrong paths, and with other methods. */
const requests = Effect.gen(function* () {
  const all: Array<Sent> = []
  for (const sender of senders) {
    const { headers, url } = yield* sign(sender, {
      secret: secretOf(sender.scheme.scheme),
      url: `${publicUrl}/webhooks/${sender.name}`,
      body: "{}",
      at: yield* DateTime.now
    })
    const target = url.slice(publicUrl.length)
    const sent = { method: "POST", headers: { ...headers, "x-api-proof": "the-signature" }, body: "{}" }
    all.push(
      { ...sent, target },
      { ...sent, target: target.replace("the-token", "the-token-is-wrong") },
      { ...sent, target: target.replace("/webhooks/", "/webhooks/nobody/") },
      { ...sent, target: target.replace(sender.name, "nobody") },
      { method: "PUT", headers: sent.headers, target }
    )
  }
  const query = "hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify-token-of-meta"
  return [...all, { method: "GET", headers: {}, target: `/webhooks/meta?${query}` }]
})

const expectNoProof = (spans: ReadonlyArray<Tracer.NativeSpan>) => {
  const texts = spans.map((span) => inspect(exported(span), { depth: 12 }))
  expect(texts.filter((text) => proofs.some((proof) => text.includes(proof)))).toEqual([])
}

/** The server's own spans: they end after the answer was sent. */
const serverSpans = (spans: ReadonlyArray<Tracer.NativeSpan>) =>
  spans.filter(({ kind, status }) => kind === "server" && status._tag === "Ended")

describe("no proof of a sender is in a span", () => {
  it.effect.each([
    ["stored", accepting, 200],
    ["not stored", failing, 503]
  ] as const)("of a web handler whose deliveries are %s", ([, inbox, status]) => {
    const spans: Array<Tracer.NativeSpan> = []
    return Effect.gen(function* () {
      const { handler, dispose } = HttpRouter.toWebHandler(
        receiver(inbox).pipe(Layer.provideMerge(layerTracer(spans)), Layer.provide(HttpServer.layerServices)),
        { disableLogger: true }
      )
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      const sent = yield* requests
      const statuses = new Set<number>()
      for (const { target, ...request } of sent) {
        const response = yield* Effect.promise(() => handler(new Request(publicUrl + target, request)))
        statuses.add(response.status)
      }
      expect([...statuses]).toEqual(expect.arrayContaining([status, 401, 404, 405]))
      expect(serverSpans(spans)).toHaveLength(sent.length)
      expectNoProof(spans)
    })
  })

  it.live("of a Node server", () => {
    const spans: Array<Tracer.NativeSpan> = []
    return Effect.gen(function* () {
      const url = yield* HttpServer.addressFormattedWith(Effect.succeed)
      const sent = yield* requests
      for (const { target, ...request } of sent) {
        const answered = yield* Effect.promise(() => fetch(url + target, request))
        yield* Effect.promise(() => answered.arrayBuffer())
      }
      yield* Effect.repeat(Effect.yieldNow, { until: () => serverSpans(spans).length >= sent.length })
      expectNoProof(spans)
      const [first] = serverSpans(spans)
      expect(first?.attributes.get("url.path")).toBe(`/webhooks/${senders[0]?.name}`)
      expect(first?.attributes.get("http.response.status_code")).toBe(200)
    }).pipe(
      Effect.provide(
        HttpRouter.serve(receiver(accepting), { disableLogger: true, disableListenLog: true }).pipe(
          Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 })),
          Layer.provide(Layer.succeed(HttpMiddleware.TracerHeaderFilter, () => true)),
          Layer.provideMerge(layerTracer(spans))
        )
      )
    )
  })

  it.effect("of the program's own, which keep their attributes", () => {
    const spans: Array<Tracer.NativeSpan> = []
    const own = HttpRouter.add("GET", "/own", Effect.die("unused"))
    return Effect.gen(function* () {
      const { handler, dispose } = HttpRouter.toWebHandler(
        Layer.merge(own, receiver(accepting)).pipe(
          Layer.provideMerge(layerTracer(spans)),
          Layer.provide(HttpServer.layerServices)
        ),
        { disableLogger: true }
      )
      yield* Effect.addFinalizer(() => Effect.promise(dispose))
      yield* Effect.promise(() => handler(new Request(`${publicUrl}/own?page=2`)))
      const [span] = serverSpans(spans)
      expect(Option.fromNullishOr(span?.attributes.get("url.query"))).toEqual(Option.some("page=2"))
    })
  })
})
