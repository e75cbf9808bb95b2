/** What a source answers to methods other than POST. */
import { describe, expect, it } from "@effect/vitest"
import { ByteSize, Effect, Layer, Option, Redacted } from "effect"
import { HttpServer } from "effect/http"
import { Secret, Senders } from "@usher/signatures"
import { request } from "node:http"
import { Quarantine, Receiver, type Source } from "../../src/index.ts"
import { layerInbox, layerSources, serve } from "../fixtures.ts"

const receiving = (options?: Partial<Source.Options>) =>
  serve(Receiver.layer({ publicUrl: "https://hooks.example.com", maxBodySize: ByteSize.bytes(1_000) })).pipe(
    Layer.provideMerge(layerSources(options)),
    Layer.provide([layerInbox, Quarantine.layerNone])
  )

/** By Node itself, which knows more methods than other clients. */
const ask = Effect.fnUntraced(function* (method: string, path: string) {
  const url = yield* HttpServer.addressFormattedWith(Effect.succeed)
  return yield* Effect.callback<{
    readonly status: number | undefined
    readonly allow: string | undefined
    readonly type: string | undefined
    readonly body: string
  }>((resume) => {
    request(url + path, { method }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => (body += text))
      response.on("end", () =>
        resume(
          Effect.succeed({
            status: response.statusCode,
            allow: response.headers.allow,
            type: response.headers["content-type"],
            body
          })
        )
      )
    }).end()
  })
})

const others = "PUT,PATCH,DELETE,OPTIONS,TRACE,QUERY,PROPFIND,LINK,REPORT,PURGE,SEARCH,LOCK,M-SEARCH".split(
  ","
)

describe("a source", () => {
  it.effect("answers HEAD with 200, and one that is not configured with 404", () =>
    Effect.gen(function* () {
      expect(yield* ask("HEAD", "/webhooks/form")).toMatchObject({ status: 200, body: "" })
      expect(yield* ask("HEAD", "/webhooks/nobody")).toMatchObject({ status: 404, body: "" })
    }).pipe(Effect.provide(receiving()))
  )

  it.effect.each(["GET", ...others])("answers %s with 405, and says what it takes", (method) =>
    Effect.gen(function* () {
      const answer = yield* ask(method, "/webhooks/form")
      expect(answer).toMatchObject({ status: 405, allow: "HEAD, POST", type: "application/problem+json" })
      expect(answer.body).toMatch(/by POST/)
      expect((yield* ask(method, "/webhooks/nobody")).status).toBe(404)
    }).pipe(Effect.provide(receiving()))
  )

  it.effect("answers HEAD as GET where its sender asks by GET", () => {
    const mailchimp = Option.getOrThrow(Senders.get("mailchimp"))
    const secrets = [Secret.make("s")]
    return Effect.gen(function* () {
      const got = yield* ask("GET", "/webhooks/form?token=s")
      expect(got).toMatchObject({ status: 200, body: "" })
      expect(yield* ask("HEAD", "/webhooks/form?token=s")).toEqual(got)
      expect((yield* ask("GET", "/webhooks/form")).status).toBe(401)
      expect((yield* ask("HEAD", "/webhooks/form")).status).toBe(200)
      expect(yield* ask("PUT", "/webhooks/form")).toMatchObject({ status: 405, allow: "GET, HEAD, POST" })
    }).pipe(Effect.provide(receiving({ sender: mailchimp, secrets })))
  })

  it.effect("answers HEAD with 200 where GET needs a question", () => {
    const meta = Option.getOrThrow(Senders.get("meta"))
    const question = "hub.mode=subscribe&hub.challenge=42&hub.verify_token="
    return Effect.gen(function* () {
      expect(yield* ask("HEAD", "/webhooks/form")).toMatchObject({ status: 200, body: "" })
      expect(yield* ask("HEAD", `/webhooks/form?${question}abc`)).toMatchObject({ status: 200, body: "" })
      expect((yield* ask("GET", `/webhooks/form?${question}wrong`)).status).toBe(401)
      expect(yield* ask("GET", "/webhooks/form")).toMatchObject({ status: 405, allow: "GET, HEAD, POST" })
    }).pipe(
      Effect.provide(
        receiving({
          sender: { ...meta, scheme: { scheme: "none" } },
          secrets: [],
          verifyToken: Redacted.make("abc")
        })
      )
    )
  })
})
