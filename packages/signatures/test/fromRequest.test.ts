/** Deliveries from the requests of servers: raw, bounded, and with the usual mistakes named. */
import { NodeHttpServer } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ByteSize, Cause, Effect, Exit, Layer, Option, Result, Schema } from "effect"
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import express from "express"
import { createServer, type RequestListener } from "node:http"
import { connect } from "node:net"
import { Delivery, Verifier } from "../src/index.ts"

const bytes = new Uint8Array([0, 255, 10, 13, 123])

/** Serves on a free port and gives its address. */
const listening = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.callback<{ readonly url: string; readonly port: number; readonly close: () => void }>((resume) => {
      const server = createServer(listener)
      server.listen(0, "127.0.0.1", () => {
        const { port } = Object(server.address())
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, port, close }))
      })
    }),
    ({ close }) => Effect.sync(close)
  )

/** What became of one request, as the server saw it. */
interface Seen {
  readonly delivery?: Delivery.Delivery
  readonly reason?: string
  readonly message?: string
}

const seen = async (request: Delivery.NodeRequest, options?: Delivery.RequestOptions): Promise<Seen> => {
  const exit = await Effect.runPromiseExit(Delivery.fromRequest(request, options))
  if (Exit.isSuccess(exit)) return { delivery: exit.value }
  const error = Cause.squash(exit.cause)
  return Schema.is(Delivery.RequestUnreadable)(error) ? error : { message: String(error) }
}

const post = (url: string, body: BodyInit, headers: Record<string, string> = {}) =>
  Effect.promise(() => fetch(url, { method: "POST", body, headers }))

/** One request to an app of Express, and what a handler behind its middleware sees. */
const inExpress = Effect.fnUntraced(function* (
  middleware: ReadonlyArray<express.RequestHandler>,
  body: BodyInit = '{"a":1}',
  path = "/hooks/github?a=1"
) {
  let found: Seen = {}
  const app = express()
  const hooks = express.Router()
  hooks.post("/github", ...middleware, (request, response, next) => {
    seen(request).then((value) => {
      found = value
      response.end()
    }, next)
  })
  app.use("/hooks", hooks)
  const { url } = yield* listening(app)
  const response = yield* post(url + path, body, { "content-type": "application/json", "X-Id": "1" })
  assert.strictEqual(response.status, 200)
  return found
}, Effect.scoped)

const text = (delivery: Delivery.Delivery | undefined) => new TextDecoder().decode(delivery?.body)

describe("a web Request", () => {
  const request = (body: BodyInit | null) => {
    // Needed for streams, and not in every version of the types.
    const init = { method: "POST", body, headers: { "X-Id": "1" }, duplex: "half" }
    return new Request("http://10.0.0.1:8080/crm?a=%20", init)
  }

  it.effect("is read as it came in", () =>
    Effect.gen(function* () {
      const delivery = yield* Delivery.fromRequest(request(bytes))
      assert.deepStrictEqual(delivery, {
        method: "POST",
        url: "http://10.0.0.1:8080/crm?a=%20",
        headers: { "x-id": "1" },
        body: Buffer.from(bytes)
      })
    })
  )

  it.effect("has the public URL that the program gives", () =>
    Effect.gen(function* () {
      for (const publicUrl of [
        "https://a.example/in",
        "https://a.example/in/",
        new URL("https://a.example/in")
      ]) {
        const { url } = yield* Delivery.fromRequest(request(null), { publicUrl })
        assert.strictEqual(url, "https://a.example/in/crm?a=%20")
      }
      const exit = yield* Effect.exit(Delivery.fromRequest(request(null), { publicUrl: "a.example" }))
      assert.include(
        String(Cause.squash(Option.getOrThrow(Exit.getCause(exit)))),
        "publicUrl is not absolute"
      )
    })
  )

  it.effect("may have no body", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* Delivery.fromRequest(request(null))).body.length, 0)
    })
  )

  it.effect("that is too large is not read to its end", () =>
    Effect.gen(function* () {
      let pulled = 0
      let isCancelled = false
      const endless = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulled += 1
          controller.enqueue(new Uint8Array(1000))
        },
        cancel: () => {
          isCancelled = true
        }
      })
      const failed = yield* Effect.flip(
        Delivery.fromRequest(request(endless), { maxSize: ByteSize.kilobytes(10) })
      )
      assert.strictEqual(failed.reason, "TooLarge")
      assert.include(failed.message, "maxSize")
      assert.isBelow(pulled, 20)
      assert.isTrue(isCancelled)
      const { body } = yield* Delivery.fromRequest(request(new Uint8Array(10_000)), { maxSize: 10_000 })
      assert.strictEqual(body.length, 10_000)
      const more = yield* Effect.flip(
        Delivery.fromRequest(request(new Uint8Array(10_001)), { maxSize: 10_000 })
      )
      assert.strictEqual(more.reason, "TooLarge")
    })
  )

  it.effect("that was read before is named", () =>
    Effect.gen(function* () {
      const read = request("{}")
      yield* Effect.promise(() => read.json())
      const locked = request("{}")
      locked.body?.getReader()
      for (const used of [read, locked]) {
        const failed = yield* Effect.flip(Delivery.fromRequest(used))
        assert.strictEqual(failed.reason, "AlreadyRead")
        assert.include(failed.message, "Read the raw body before any body parser")
      }
    })
  )

  it.effect("whose body breaks off is Interrupted", () =>
    Effect.gen(function* () {
      const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) })
      const failed = yield* Effect.flip(Delivery.fromRequest(request(broken)))
      assert.strictEqual(failed.reason, "Interrupted")
    })
  )

  it("gives a promise to programs without effect", async () => {
    const delivery = await Delivery.fromRequestPromise(request("{}"))
    const verdict = Verifier.forSenderUnsafe("jotform", "s").verifyResult(delivery)
    assert.strictEqual(Result.getOrThrow(Result.flip(verdict)).reason, "MissingHeader")
    const used = request("{}")
    await used.text()
    const failed = await Delivery.fromRequestPromise(used).catch((error: unknown) => error)
    assert.instanceOf(failed, Delivery.RequestUnreadable)
  })
})

describe("a request of Node", () => {
  it.effect("is read raw, in Express below a router", () =>
    Effect.gen(function* () {
      const { delivery } = yield* inExpress([], bytes)
      assert.deepStrictEqual(Buffer.from(delivery?.body ?? []), Buffer.from(bytes))
      assert.deepInclude(delivery, { method: "POST" })
      assert.isUndefined(delivery?.url)
      assert.strictEqual(delivery?.headers["x-id"], "1")
    })
  )

  it.effect("has its full path below the public URL", () =>
    Effect.gen(function* () {
      let url: string | undefined
      const publicUrl: express.RequestHandler = (request, _, next) => {
        Delivery.fromRequestPromise(request, { publicUrl: "https://a.example" }).then((delivery) => {
          url = delivery.url
          request.body = Buffer.from(delivery.body)
          next()
        }, next)
      }
      const { delivery } = yield* inExpress([publicUrl])
      assert.strictEqual(url, "https://a.example/hooks/github?a=1")
      assert.strictEqual(text(delivery), '{"a":1}')
    })
  )

  it.effect("that express.raw has read is taken from there", () =>
    Effect.gen(function* () {
      const { delivery } = yield* inExpress([express.raw({ type: () => true })])
      assert.strictEqual(text(delivery), '{"a":1}')
    })
  )

  it.effect("whose raw body is kept beside the parsed one is taken from there", () =>
    Effect.gen(function* () {
      const keep: express.RequestHandler = express.json({
        verify: (request, _, rawBody) => Object.assign(request, { rawBody })
      })
      const { delivery } = yield* inExpress([keep], '{ "a": 1 }')
      assert.strictEqual(text(delivery), '{ "a": 1 }')
    })
  )

  it.effect("that a body parser has read is named as the mistake", () =>
    Effect.gen(function* () {
      for (const parser of [express.json(), express.text({ type: () => true })]) {
        const { message, reason } = yield* inExpress([parser])
        assert.strictEqual(reason, "Parsed")
        assert.include(message, "express.raw")
      }
    })
  )

  it.effect("that something else has read is named", () =>
    Effect.gen(function* () {
      const drain: express.RequestHandler = (request, _, next) => {
        request.resume().on("end", () => next())
      }
      assert.strictEqual((yield* inExpress([drain])).reason, "AlreadyRead")
    })
  )

  it.effect("that a body parser has left alone is read", () =>
    Effect.gen(function* () {
      const { delivery } = yield* inExpress([express.json({ type: "application/other" })])
      assert.strictEqual(text(delivery), '{"a":1}')
    })
  )

  it.effect("that is too large is not read to its end, and can be answered", () =>
    Effect.gen(function* () {
      const { url } = yield* listening((request, response) => {
        void seen(request, { maxSize: 1000 }).then(({ reason }) => response.writeHead(413).end(reason))
      })
      // With a length, and in chunks without one.
      for (const body of [new Uint8Array(1001), new Blob([new Uint8Array(100_000)]).stream()]) {
        const init = { method: "POST", body, duplex: "half" }
        const response = yield* Effect.promise(() => fetch(url, init))
        assert.strictEqual(response.status, 413)
        assert.strictEqual(yield* Effect.promise(() => response.text()), "TooLarge")
      }
    }).pipe(Effect.scoped)
  )

  it.effect("whose sender hangs up is Interrupted", () =>
    Effect.gen(function* () {
      const { promise, resolve } = Promise.withResolvers<Seen>()
      const { port } = yield* listening((request) => {
        request.once("data", () => socket.destroy())
        void seen(request).then(resolve)
      })
      const socket = connect(port, "127.0.0.1")
      socket.on("error", () => undefined)
      socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
      assert.strictEqual((yield* Effect.promise(() => promise)).reason, "Interrupted")
    }).pipe(Effect.scoped)
  )
})

describe("an HttpServerRequest of effect", () => {
  const app = (
    handler: Effect.Effect<string, Delivery.RequestUnreadable, HttpServerRequest.HttpServerRequest>
  ) =>
    HttpRouter.serve(
      HttpRouter.add(
        "POST",
        "/in",
        Effect.match(handler, {
          onSuccess: (told) => HttpServerResponse.text(told),
          onFailure: ({ reason }) => HttpServerResponse.text(reason, { status: 400 })
        })
      ),
      { disableLogger: true, disableListenLog: true }
    ).pipe(Layer.provideMerge(NodeHttpServer.layerTest))

  const tell = Effect.fnUntraced(function* (options?: Delivery.RequestOptions) {
    const { body, headers, method, url } = yield* Delivery.fromRequest(
      yield* HttpServerRequest.HttpServerRequest,
      options
    )
    return [method, url, headers["x-id"], body.length].join(" ")
  })

  const told = (layer: ReturnType<typeof app>, size: number) =>
    HttpClientRequest.post("/in?a=1").pipe(
      HttpClientRequest.setHeader("X-Id", "1"),
      HttpClientRequest.bodyUint8Array(new Uint8Array(size)),
      HttpClient.execute,
      Effect.flatMap((response) => response.text),
      Effect.provide(layer)
    )

  it.effect("is read within the bound", () =>
    Effect.gen(function* () {
      assert.match(yield* told(app(tell()), 5), /^POST http:\/\/127\.0\.0\.1:\d+\/in\?a=1 1 5$/)
      const publicUrl = "https://a.example"
      assert.strictEqual(yield* told(app(tell({ publicUrl })), 5), "POST https://a.example/in?a=1 1 5")
      assert.strictEqual(yield* told(app(tell({ maxSize: 4 })), 5), "TooLarge")
    })
  )

  it.effect("that was read before is named", () =>
    Effect.gen(function* () {
      const twice = Effect.andThen(tell(), tell())
      assert.strictEqual(yield* told(app(twice), 5), "AlreadyRead")
    })
  )
})

it.effect("anything else is refused, with what to do", () =>
  Effect.gen(function* () {
    const fromRequest = (request: unknown): Effect.Effect<Delivery.Delivery> =>
      Reflect.apply(Delivery.fromRequest, undefined, [request])
    for (const request of [undefined, {}, { method: "POST", headers: {}, body: "{}" }]) {
      const exit = yield* Effect.exit(fromRequest(request))
      assert.include(
        String(Cause.squash(Option.getOrThrow(Exit.getCause(exit)))),
        "pass the parts to Delivery.make"
      )
    }
  })
)
