import { describe, expect, it } from "@effect/vitest"
import { DateTime, Deferred, Duration, Effect, Fiber, Layer, Option, Redacted } from "effect"
import { HttpClient, HttpClientRequest, HttpMiddleware, HttpRouter } from "effect/http"
import { IpNetwork } from "effect/net"
import { TestClock } from "effect/testing"
import { Secret, Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { Inbox, Quarantine, Receiver, type Source } from "../../src/index.ts"
import { layerInbox, layerSources, post, serve } from "../fixtures.ts"

const publicUrl = "https://hooks.example.com"
const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))
const wrong = `whsec_${btoa("a wrong secret")}`

const receiving = (
  source: Partial<Source.Options> = {},
  options: Partial<Receiver.Options> = {},
  quarantine = Quarantine.layerNone
) =>
  serve(Receiver.layer({ publicUrl, ...options })).pipe(
    Layer.provide(quarantine),
    Layer.provideMerge(layerSources(source))
  )

/** Behind a proxy that is trusted, by whose word the clients have addresses. */
const proxied = (options: Partial<Receiver.Options>, source: Partial<Source.Options> = {}) =>
  serve(
    Layer.merge(
      Receiver.layer({ publicUrl, ...options }),
      HttpRouter.middleware(
        HttpMiddleware.xForwardedHeaders({ trustedProxies: [IpNetwork.fromStringUnsafe("127.0.0.0/8")] }),
        { global: true }
      )
    )
  ).pipe(Layer.provide(Quarantine.layerNone), Layer.provideMerge(layerSources(source)))

const within = (layer: ReturnType<typeof receiving>) => Layer.provideMerge(layer, layerInbox)

/** A source of a sender that signs with this. */
const of = (name: string, options: Partial<Source.Options> = {}): Partial<Source.Options> => ({
  sender: senderNamed(name),
  secrets: [Secret.make("a-secret")],
  ...options
})

/** What the sender sends, signed, and what it hears. */
const hear = Effect.fnUntraced(function* (
  name: string,
  method: "GET" | "HEAD" | "POST",
  body: string,
  given: { readonly secret?: string; readonly query?: string } = {}
) {
  const target = `/webhooks/form${given.query ?? ""}`
  const delivery = yield* sign(senderNamed(name), {
    secret: given.secret ?? "a-secret",
    method,
    body,
    at: yield* DateTime.now,
    url: publicUrl + target
  })
  const response = yield* HttpClientRequest.make(method)(delivery.url.slice(publicUrl.length)).pipe(
    HttpClientRequest.setHeaders(delivery.headers),
    method === "POST" ? HttpClientRequest.bodyText(body, "application/json") : (request) => request,
    HttpClient.execute
  )
  return {
    status: response.status,
    allow: response.headers["allow"],
    type: response.headers["content-type"],
    text: yield* response.text
  }
})

const stored = Inbox.Inbox.use((inbox) => inbox.received(10))

describe("a handshake is answered, and nothing is stored of it:", () => {
  it.effect("Slack's challenge", () =>
    Effect.gen(function* () {
      const challenge = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1a" })
      expect(yield* hear("slack", "POST", challenge)).toMatchObject({ status: 200, text: "3eZbrw1a" })
      expect(yield* hear("slack", "POST", challenge, { secret: "another" })).toMatchObject({ status: 401 })
      expect(yield* stored).toEqual([])
      expect(yield* hear("slack", "POST", '{"type":"event_callback"}')).toMatchObject({ status: 200 })
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(within(receiving(of("slack")))))
  )

  it.effect("Zoom's validation of the URL", () =>
    Effect.gen(function* () {
      const validation = JSON.stringify({ event: "endpoint.url_validation", payload: { plainToken: "abc" } })
      const heard = yield* hear("zoom", "POST", validation)
      expect(heard).toMatchObject({ status: 200, type: "application/json" })
      expect(JSON.parse(heard.text)).toEqual({
        plainToken: "abc",
        encryptedToken: expect.stringMatching(/^[0-9a-f]{64}$/)
      })
      expect(yield* hear("zoom", "POST", validation, { secret: "another" })).toMatchObject({ status: 401 })
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(within(receiving(of("zoom")))))
  )

  it.effect("Meta's, for the token that is configured", () =>
    Effect.gen(function* () {
      const ask = (token: string) => ({
        query: `?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`
      })
      expect(yield* hear("meta", "GET", "", ask("a-token"))).toMatchObject({
        status: 200,
        text: "1158201444"
      })
      expect(yield* hear("meta", "GET", "", ask("another"))).toMatchObject({ status: 401 })
      // Who opens the URL in a browser hears what it is for.
      expect(yield* hear("meta", "GET", "")).toMatchObject({ status: 405, allow: "GET, HEAD, POST" })
    }).pipe(Effect.provide(within(receiving(of("meta", { verifyToken: Redacted.make("a-token") })))))
  )

  it.effect("Mailchimp's look at the URL", () =>
    Effect.gen(function* () {
      expect(yield* hear("mailchimp", "GET", "")).toMatchObject({ status: 200 })
      expect(yield* hear("mailchimp", "HEAD", "")).toMatchObject({ status: 200 })
      expect(yield* hear("mailchimp", "POST", "")).toMatchObject({ status: 200 })
      expect(yield* hear("mailchimp", "GET", "", { secret: "another" })).toMatchObject({ status: 401 })
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(within(receiving(of("mailchimp")))))
  )

  it.effect("no other sender has one, and hears which methods there are", () =>
    Effect.gen(function* () {
      expect(yield* hear("github", "GET", "")).toMatchObject({ status: 405, allow: "HEAD, POST" })
      expect(yield* hear("github", "HEAD", "")).toMatchObject({ status: 200 })
      expect(yield* stored).toEqual([])
    }).pipe(Effect.provide(within(receiving(of("github")))))
  )
})

it.effect.each(["hubspot-v2", "hubspot-v3", "twilio"])(
  "%s, which signs the public URL, is verified by it",
  (name) =>
    Effect.gen(function* () {
      const query = { query: "?a=b%20c&d=/e" }
      expect(yield* hear(name, "POST", "{}", query)).toMatchObject({ status: 200 })
      expect((yield* hear(name, "POST", "{}", { ...query, secret: "another" })).status).toBeGreaterThan(400)
      expect(yield* stored).toHaveLength(1)
    }).pipe(Effect.provide(within(receiving(of(name)))))
)

describe("a request is answered in time", () => {
  /** An Inbox that never comes to an end, and who waits for it. */
  const stuck = Effect.gen(function* () {
    const reached = yield* Deferred.make<void>()
    const layer = Layer.mock(Inbox.Inbox, {
      accept: () => Effect.andThen(Deferred.succeed(reached, undefined), Effect.never)
    })
    return { reached, layer }
  })

  it.effect.each([
    ["standard-webhooks", "1 second"],
    ["slack", "2 seconds"]
  ] as const)("though the store does not answer within its own patience: %s", ([name, deadline]) =>
    Effect.gen(function* () {
      const { reached, layer } = yield* stuck
      const deadlines = receiving(of(name, { secrets: [Secret.make(wrong)] }), {
        deadline: Duration.fromInputUnsafe(deadline)
      })
      yield* Effect.gen(function* () {
        const answer = yield* Effect.forkChild(post({ sender: senderNamed(name), secret: wrong }))
        yield* Deferred.await(reached)
        yield* TestClock.adjust(deadline)
        const response = yield* Fiber.join(answer)
        expect([response.status, response.headers["retry-after"]]).toEqual([503, "5"])
        expect(yield* response.text).toMatch(/a duplicate is recognized/)
      }).pipe(Effect.provide(Layer.provide(deadlines, layer)))
    })
  )

  it.effect("and what it stored too late is a duplicate when it comes again", () =>
    Effect.gen(function* () {
      const [reached, go] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const slow = Layer.effect(
        Inbox.Inbox,
        Effect.map(Inbox.Inbox, (inbox) =>
          Inbox.Inbox.of({
            ...inbox,
            accept: (webhook) =>
              Deferred.succeed(reached, undefined).pipe(
                Effect.andThen(Deferred.await(go)),
                Effect.andThen(inbox.accept(webhook)),
                Effect.uninterruptible,
                Effect.forkDetach,
                Effect.flatMap(Fiber.join)
              )
          })
        )
      )
      yield* Effect.gen(function* () {
        const answer = yield* Effect.forkChild(post())
        yield* Deferred.await(reached)
        yield* TestClock.adjust("1 second")
        expect((yield* Fiber.join(answer)).status).toBe(503)
        yield* Deferred.succeed(go, undefined)
        expect(yield* (yield* post()).json).toMatchObject({ status: "duplicate" })
        expect(yield* stored).toHaveLength(1)
      }).pipe(
        Effect.provide(
          receiving(undefined, { deadline: Duration.seconds(1) }).pipe(
            Layer.provideMerge(slow),
            Layer.provideMerge(layerInbox)
          )
        )
      )
    })
  )
})

describe("a limit", () => {
  const statuses = (...posts: ReadonlyArray<Parameters<typeof post>[0]>) =>
    Effect.forEach(posts, (options) => Effect.map(post(options), ({ status }) => status))

  it.effect("of a source is answered as its sender bears it, and passes", () =>
    Effect.gen(function* () {
      expect(yield* statuses({ id: "1" }, { id: "2" })).toEqual([202, 202])
      const third = yield* post({ id: "3" })
      expect([third.status, third.headers["retry-after"]]).toEqual([429, "2"])
      yield* TestClock.adjust("2 seconds")
      expect(yield* statuses({ id: "3" }, { id: "4" })).toEqual([202, 429])
    }).pipe(Effect.provide(within(receiving({ limit: { perSecond: 0.5, burst: 2 } }))))
  )

  it.effect("of a sender that is not known to come again is a 503", () =>
    Effect.gen(function* () {
      const github = senderNamed("github")
      expect(yield* statuses({ sender: github, secret: "a-secret", id: "1" })).toEqual([503])
    }).pipe(Effect.provide(within(receiving(of("github", { limit: { perSecond: 1, burst: 0 } })))))
  )

  const from = (address: string) => ({ headers: { "x-forwarded-for": address } })
  const refusals = { perSecond: 1, burst: 2 }

  it.effect("counts what an address was refused, and nothing that was accepted", () =>
    Effect.gen(function* () {
      const here = from("203.0.113.7")
      const good = Array.from({ length: 5 }, (_, at) => ({ id: `good-${at}`, ...here }))
      expect(yield* statuses(...good, { secret: wrong, ...here }, { secret: wrong, ...here })).toEqual([
        ...good.map(() => 202),
        401,
        401
      ])
      expect(yield* statuses({ id: "a", ...here }, { secret: wrong, ...here })).toEqual([429, 429])
      expect(yield* statuses({ id: "b", ...from("203.0.113.8") })).toEqual([202])
      yield* TestClock.adjust("1 second")
      expect(yield* statuses({ id: "a", ...here })).toEqual([202])
    }).pipe(Effect.provide(within(proxied({ refusals }))))
  )

  it.effect("of a source counts verified deliveries only: who can't sign uses nothing of it up", () =>
    Effect.gen(function* () {
      const forged = Array.from({ length: 30 }, (_, at) => ({ id: `forged-${at}`, secret: wrong }))
      for (let second = 0; second < 4; second++) {
        expect(new Set(yield* statuses(...forged))).toEqual(new Set([401]))
        expect(yield* statuses({ id: `a-${second}` }, { id: `b-${second}` })).toEqual([202, 202])
        yield* TestClock.adjust("1 second")
      }
    }).pipe(Effect.provide(within(receiving({ limit: { perSecond: 2, burst: 2 } }))))
  )

  it.effect.each(["GET", "HEAD", "PUT"] as const)(
    "of an address counts %s as well, and answers nothing of it after that",
    (method) =>
      Effect.gen(function* () {
        const ask = HttpClientRequest.make(method)("/webhooks/form?token=guess").pipe(
          HttpClientRequest.setHeaders(from("203.0.113.7").headers),
          HttpClient.execute,
          Effect.map(({ status }) => status)
        )
        const answers = { GET: 401, HEAD: 200, PUT: 405 }
        expect(yield* Effect.replicateEffect(ask, 3)).toEqual([answers[method], answers[method], 503])
        expect(yield* statuses({ ...from("203.0.113.7") })).toEqual([503])
        yield* TestClock.adjust("1 second")
        expect(yield* ask).toBe(answers[method])
      }).pipe(Effect.provide(within(proxied({ refusals }, of("mailchimp")))))
  )

  it.effect("does not shut out the senders behind a proxy that nobody said to trust", () =>
    Effect.gen(function* () {
      const forged = Array.from({ length: 5 }, () => ({ secret: wrong, ...from("203.0.113.7") }))
      expect(yield* statuses(...forged, from("203.0.113.7"))).toEqual([...forged.map(() => 401), 202])
    }).pipe(Effect.provide(within(receiving({}, { refusals }))))
  )
})

it.effect(
  "what does not verify is kept in quarantine, and answered as if there were none if that fails",
  () =>
    Effect.gen(function* () {
      const kept: Array<Quarantine.Refused> = []
      const quarantine = Layer.mock(Quarantine.Quarantine, {
        keep: (refused) =>
          kept.push(refused) < 2
            ? Effect.succeed(true)
            : Effect.fail(new Inbox.InboxUnavailable({ cause: new Error("full") }))
      })
      yield* Effect.gen(function* () {
        expect((yield* post({ secret: wrong })).status).toBe(401)
        expect((yield* post({ secret: wrong })).status).toBe(401)
        expect((yield* post()).status).toBe(202)
      }).pipe(Effect.provide(within(receiving({}, {}, quarantine))))
      expect(kept.map(({ source, target, failed }) => [source.name, target, failed.reason])).toEqual([
        ["form", "/webhooks/form", "NoSecretMatches"],
        ["form", "/webhooks/form", "NoSecretMatches"]
      ])
    })
)
