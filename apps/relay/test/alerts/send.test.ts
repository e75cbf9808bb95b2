import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Queue, Redacted, Tracer } from "effect"
import { Verifier } from "@usher/signatures"
import type { Message } from "../../src/alerts/Message.ts"
import { send } from "../../src/alerts/send.ts"
import { mailServer, webServer } from "./servers.ts"

const message: Message = {
  id: "alert_1",
  began: [
    {
      key: "a",
      urgency: "critical",
      text: "MeltingSpot refuses the key of Spot <main> & waits.",
      next: "Correct the key.",
      since: Date.UTC(2026, 10, 30, 1, 45)
    }
  ],
  ended: [{ key: "b", urgency: "warning", text: "Source form is silent.", next: "Check it.", since: null }],
  link: "https://usher.example.com"
}

const title = "Usher: 1 problem, 1 resolved"
const began =
  "critical: MeltingSpot refuses the key of Spot <main> & waits. Since 2026-11-30 01:45 UTC. Correct the key."
const ended = "resolved: Source form is silent."

const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`

describe("a message", () => {
  it.live("to Slack is a text, in which &, < and > are escaped", () =>
    Effect.gen(function* () {
      const { url, received } = yield* webServer()
      yield* send({ kind: "slack", url: Redacted.make(url) }, message)
      const { text } = JSON.parse((yield* Queue.take(received)).body)
      expect(text).toBe(
        [
          `*${title}*`,
          `• ${began.replace("<main> &", "&lt;main&gt; &amp;")}`,
          `• ${ended}`,
          "<https://usher.example.com|Open the page>"
        ].join("\n")
      )
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )

  it.live("to Teams is an adaptive card", () =>
    Effect.gen(function* () {
      const { url, received } = yield* webServer(() => 202)
      yield* send({ kind: "teams", url: Redacted.make(url) }, message)
      const { attachments } = JSON.parse((yield* Queue.take(received)).body)
      const [{ content, contentType }] = attachments
      expect(contentType).toBe("application/vnd.microsoft.card.adaptive")
      expect(content.body.map(({ text }: { text: string }) => text)).toEqual([title, began, ended])
      expect(content.actions).toEqual([
        { type: "Action.OpenUrl", title: "Open the page", url: "https://usher.example.com" }
      ])
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )

  it.live("to an endpoint is signed as Standard Webhooks says, with the same id for each try", () =>
    Effect.gen(function* () {
      const { url, received } = yield* webServer()
      const way = { kind: "webhook", url, secret: Redacted.make(secret) } as const
      yield* send(way, message)
      yield* send(way, message)
      const verifier = yield* Verifier.forSender("standard-webhooks", secret)
      for (const { headers, body } of yield* Queue.takeN(received, 2)) {
        const bytes = new TextEncoder().encode(body)
        yield* verifier.verify({ method: "POST", url, headers, body: bytes })
        expect(headers["webhook-id"]).toBe("alert_1")
        expect(JSON.parse(body)).toMatchObject({
          type: "usher.problems",
          data: {
            began: [{ key: "a", urgency: "critical", since: "2026-11-30T01:45:00.000Z" }],
            ended: [{ key: "b", since: null }],
            link: "https://usher.example.com"
          }
        })
      }
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )

  it.live("by e-mail reaches each recipient", () =>
    Effect.gen(function* () {
      const { url, received } = yield* mailServer
      const [from, to] = ["usher@example.com", ["ops@example.com", "team@example.com"]] as const
      yield* send({ kind: "email", smtp: Redacted.make(url), from, to }, message)
      const mail = yield* Queue.take(received)
      expect(mail).toMatchObject({ from, to })
      expect(mail.text).toContain(`Subject: ${title}`)
      expect(mail.text.replaceAll(/=\r\n/g, "")).toContain(began)
      expect(mail.text).toContain("https://usher.example.com")
    }).pipe(Effect.provide(NodeHttpClient.layerUndici))
  )
})

it.live("a message leaves no span, whose URL would hold a secret, and no trace in the request", () =>
  Effect.gen(function* () {
    const spans: Array<string> = []
    const tracer = Tracer.make({
      span: (options) => {
        spans.push(options.name)
        return new Tracer.NativeSpan(options)
      }
    })
    const { url, received } = yield* webServer()
    yield* send({ kind: "slack", url: Redacted.make(url) }, message).pipe(
      Effect.withSpan("around"),
      Effect.provideService(Tracer.Tracer, tracer)
    )
    expect(spans).toEqual(["around"])
    expect((yield* Queue.take(received)).headers).not.toHaveProperty("traceparent")
  }).pipe(Effect.provide(NodeHttpClient.layerUndici))
)

describe("a message that a channel does not take", () => {
  const reasonOf = (way: Parameters<typeof send>[0]) =>
    send(way, message).pipe(
      Effect.flip,
      Effect.map(({ message }) => message),
      Effect.provide(NodeHttpClient.layerUndici)
    )

  it.live("says with which status it was answered, and not the URL, which is a secret", () =>
    Effect.gen(function* () {
      const { url } = yield* webServer(() => 404)
      expect(yield* reasonOf({ kind: "slack", url: Redacted.make(url) })).toBe("it answered 404")
    })
  )

  it.live("says that the channel can't be reached", () =>
    Effect.gen(function* () {
      const url = Redacted.make("http://127.0.0.1:1/secret")
      expect(yield* reasonOf({ kind: "teams", url })).toBe("it can't be reached")
    })
  )

  it.live("says that the secret can't sign", () =>
    Effect.gen(function* () {
      const way = { kind: "webhook", url: "http://127.0.0.1:1/", secret: Redacted.make("whsec_!") } as const
      expect(yield* reasonOf(way)).toBe("its secret can't sign: give one that begins with whsec_")
    })
  )

  it.live("says why the mail server refused it, without addresses", () =>
    Effect.gen(function* () {
      const { port } = yield* mailServer
      const to = { from: "usher@example.com", to: ["ops@example.com"] }
      const wrong = Redacted.make(`smtp://usher:wrong@127.0.0.1:${port}`)
      expect(yield* reasonOf({ kind: "email", smtp: wrong, ...to })).toBe(
        "the mail server refused it (EAUTH, 535)"
      )
      const nowhere = Redacted.make("smtp://127.0.0.1:1")
      expect(yield* reasonOf({ kind: "email", smtp: nowhere, ...to })).toBe(
        "the mail server can't be reached (ESOCKET)"
      )
    })
  )
})
