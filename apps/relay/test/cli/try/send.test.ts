import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Option, Queue } from "effect"
import { HttpRouter, HttpServer, HttpServerRequest, HttpServerResponse } from "effect/http"
import { TestClock } from "effect/testing"
import { Mapping } from "@usher/engine"
import { Delivery, Secret, Senders, Verifier } from "@usher/signatures"
import { sample } from "@usher/signatures/testing"
import { createServer } from "node:http"
import { layerExpressions } from "../../../../../packages/engine/test/evaluator.ts"
import { files, spawned, usher } from "../../usher.ts"

const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))

/** A receiver that keeps what came in and gives this answer. */
const receiver = Effect.fnUntraced(function* (status = 202) {
  const received = yield* Queue.unbounded<Delivery.DeliveryWithUrl>()
  const route = HttpRouter.add(
    "*",
    "/*",
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const { headers, method, url } = request
      const body = new Uint8Array(yield* request.arrayBuffer)
      yield* Queue.offer(received, Delivery.make({ method, url: `http://relay${url}`, headers, body }))
      return HttpServerResponse.jsonUnsafe({ status: "accepted" }, { status })
    })
  )
  const server = yield* Layer.build(
    HttpRouter.serve(route, { disableLogger: true, disableListenLog: true }).pipe(
      Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
    )
  )
  const url = yield* Effect.provide(HttpServer.addressFormattedWith(Effect.succeed), server)
  return { url, next: Queue.take(received) }
})

const setTime = TestClock.setTime(DateTime.toEpochMillis(at))

const verifies = (name: string, delivery: Delivery.Delivery, told: string = secret) =>
  Effect.flatMap(
    Verifier.make({ scheme: senderNamed(name).scheme, secrets: [Secret.make(told)] }),
    ({ verify }) => verify(delivery)
  )

describe("a sample", () => {
  for (const sender of Senders.all) {
    it.effect(`of ${sender.name} is posted as the sender would, and verifies`, () =>
      Effect.gen(function* () {
        yield* setTime
        const { next, url } = yield* receiver()
        const told = sender.scheme.scheme === "basic" ? `relay:${secret}` : secret
        const ran = yield* usher([
          "send",
          sender.name,
          "--secret",
          told,
          "--url",
          `${url}/in?a=b%20c`,
          "--json"
        ])
        assert.deepStrictEqual([ran.ok, ran.stderr], [true, ""])
        assert.include(JSON.parse(ran.stdout), { sender: sender.name, status: 202, url: `${url}/in` })
        assert.notInclude(ran.stdout, secret)
        const delivery = yield* next
        assert.include(delivery.url, "/in?a=b")
        yield* verifies(sender.name, { ...delivery, url: delivery.url.replace("http://relay", url) }, told)
      })
    )

    const { email } = sender
    if (email === undefined) continue
    it.effect(`of ${sender.name} holds the address where the sender's usual path finds it`, () =>
      Effect.gen(function* () {
        const { body, headers } = sample(sender, { member: "ada@example.com", id: "id-1", at })
        const mapping = yield* Mapping.make({ live: "l", member: { expr: email } })
        const event = { source: "s", body: new TextEncoder().encode(body), headers }
        const mapped = yield* mapping.map(event).pipe(Effect.provide(layerExpressions))
        assert.deepInclude(mapped, {
          status: "mapped",
          invitations: [{ liveId: "l", member: "ada@example.com" }]
        })
      })
    )
  }

  it.effect("takes the address, the id, the time and more headers from the command line", () =>
    Effect.gen(function* () {
      yield* setTime
      const { next, url } = yield* receiver()
      const ran = yield* usher(
        [
          "send",
          "stripe",
          "--secret=env:KEY",
          `--url=${url}`,
          "--member=ada@example.com",
          "--id=evt_7",
          "--at=2026-11-23T08:59:00Z",
          "--header=X-A=1",
          "--header=x-b=2=3"
        ],
        { KEY: secret }
      )
      assert.include(
        ran.stdout,
        `POST ${url}/ as stripe, delivery id evt_7\nResponse 202\n{"status":"accepted"}`
      )
      const delivery = yield* next
      assert.include(delivery.headers, { "x-a": "1", "x-b": "2=3" })
      assert.include(delivery.headers["stripe-signature"], `t=${Date.parse("2026-11-23T08:59:00Z") / 1000},`)
      const { data, id } = JSON.parse(new TextDecoder().decode(delivery.body))
      assert.deepStrictEqual([id, data.object.customer_details.email], ["evt_7", "ada@example.com"])
    })
  )

  it.effect("has a new delivery id each time", () =>
    Effect.gen(function* () {
      const { next, url } = yield* receiver()
      const ids = yield* Effect.replicateEffect(
        Effect.gen(function* () {
          yield* usher(["send", "svix", "--secret", secret, "--url", url])
          return (yield* next).headers["svix-id"]
        }),
        2
      )
      assert.notStrictEqual(ids[0], ids[1])
    })
  )

  it.effect("says so when the sender's shape is not known", () =>
    Effect.gen(function* () {
      const { url } = yield* receiver()
      const ran = yield* usher(["send", "custom", "--secret", secret, "--url", url])
      assert.include(ran.stdout, "no sample of custom is known")
    })
  )
})

it.effect("a body of one's own goes out byte for byte, with its content type", () =>
  Effect.gen(function* () {
    yield* setTime
    const bytes = Uint8Array.of(0xff, 0x00, 0x0a)
    const path = yield* files({ body: bytes })
    const { next, url } = yield* receiver()
    const args = ["send", "github", "--secret", secret, "--url", url, "--body", path("body")]
    assert.isTrue((yield* usher([...args, "--header", "Content-Type=application/x-thing"])).ok)
    const delivery = yield* next
    assert.deepStrictEqual([...delivery.body], [...bytes])
    assert.strictEqual(delivery.headers["content-type"], "application/x-thing")
    yield* verifies("github", delivery)
  })
)

describe("to a configured source", () => {
  const configuration = (port: string) => `
server: { host: 127.0.0.1, port: ${port}, publicUrl: https://hooks.example.com/relay/ }
spots: { main: { secretKey: { env: KEY } } }
sources:
  crm: { sender: hubspot-v3, secrets: [{ env: CRM }, { env: OLD }], spot: main, invite: { live: l } }
  sheet:
    sender: custom
    verify: { scheme: token, query: key }
    deliveryId: { header: x-row }
    secrets: [{ env: SHEET }]
    spot: main
    invite: { live: l, member: { expr: email } }
`
  const environment = { KEY: "k", CRM: secret, OLD: "old", SHEET: "sheet-token" }

  it.effect("it is signed with the first secret over the public URL, and posted to the server", () =>
    Effect.gen(function* () {
      yield* setTime
      const { next, url } = yield* receiver()
      const path = yield* files({ "usher.yaml": configuration(new URL(url).port) })
      const ran = yield* usher(["send", "crm", "--config", path("usher.yaml")], environment)
      assert.deepStrictEqual([ran.ok, ran.stderr], [true, ""])
      const delivery = yield* next
      assert.strictEqual(delivery.url, "http://relay/webhooks/crm")
      yield* verifies("hubspot-v3", { ...delivery, url: "https://hooks.example.com/relay/webhooks/crm" })
    })
  )

  it.effect("its own scheme and header of the delivery id are used, and its token is not told", () =>
    Effect.gen(function* () {
      const { next, url } = yield* receiver(401)
      const path = yield* files({ "usher.yaml": configuration("0") })
      const args = ["send", "sheet", "--config", path("usher.yaml"), "--id", "row-7"]
      const ran = yield* usher([...args, "--url", `${url}/webhooks/sheet`], environment)
      const delivery = yield* next
      assert.strictEqual(delivery.url, "http://relay/webhooks/sheet?key=sheet-token")
      assert.strictEqual(delivery.headers["x-row"], "row-7")
      assert.include(ran.stdout, "delivery id row-7\n")
      assert.notInclude(ran.stdout, "sheet-token")
      assert.include((yield* usher(args, environment)).stderr, "the configured port is 0")
    })
  )
})

it.effect("an answer other than 2xx is shown, and a failure", () =>
  Effect.gen(function* () {
    const { url } = yield* receiver(401)
    const ran = yield* usher(["send", "github", "--secret", secret, "--url", url])
    assert.deepStrictEqual([ran.ok, ran.stderr], [false, ""])
    assert.include(ran.stdout, `Response 401\n{"status":"accepted"}`)
  })
)

const mistakes = [
  ["without a URL", ["send", "github", "--secret", "s"], "no target. Give --url"],
  ["without a secret", ["send", "github", "--url", "http://127.0.0.1:1"], "needs a secret"],
  [
    "with a secret of the wrong shape",
    ["send", "svix", "--secret", "?", "--url", "http://a"],
    "secret given"
  ],
  [
    "to nobody",
    ["send", "jotform", "--secret", "s3cret", "--url", "http://127.0.0.1:1/in"],
    "http://127.0.0.1:1/in can't be reached"
  ]
] as const
for (const [what, args, hint] of mistakes) {
  it.effect(`${what} it ends with a sentence`, () =>
    Effect.gen(function* () {
      const ran = yield* usher(args)
      assert.deepStrictEqual([ran.ok, ran.stdout], [false, ""])
      assert.include(ran.stderr, hint)
      assert.notInclude(ran.stderr, "s3cret")
    })
  )
}

it.live("as a process, ends with 0 on 2xx and with 1 on anything else", () =>
  Effect.gen(function* () {
    for (const [status, code] of [
      [204, 0],
      [503, 1]
    ] as const) {
      const { next, url } = yield* receiver(status)
      const ran = yield* spawned(["send", "slack", "--secret", secret, "--url", url, "--json"])
      assert.deepStrictEqual([ran.code, ran.stderr, JSON.parse(ran.stdout).status], [code, "", status])
      yield* verifies("slack", yield* next)
    }
  })
)
