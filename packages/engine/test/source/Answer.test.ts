/** What an accepted delivery is answered with: by its sender's custom, or by the source's own. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpClientResponse } from "effect/http"
import type { Sender } from "@usher/signatures"
import { Answer, Quarantine, Receiver, Source } from "../../src/index.ts"
import { layerInbox, layerSources, makeSource, post, sender, serve } from "../fixtures.ts"

/** As a phone call or a text message wants it. */
const messages: Sender.Sender = {
  ...sender,
  name: "messages",
  acknowledge: { ...sender.acknowledge, status: 200, content: { type: "text/xml", body: "<Response/>" } }
}

const read = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.map(response.text, (body) => ({
    status: response.status,
    type: response.headers["content-type"],
    body
  }))

const receiving = (options?: Partial<Source.Options>) =>
  serve(Receiver.layer({ publicUrl: "https://hooks.example.com" })).pipe(
    Layer.provide(Quarantine.layerNone),
    Layer.provideMerge(layerSources(options)),
    Layer.provideMerge(layerInbox)
  )

/** The answers to a delivery and to its duplicate. */
const answers = (options: Partial<Source.Options>) =>
  Effect.gen(function* () {
    const send = Effect.flatMap(post({ id: "msg-1" }), read)
    return [yield* send, yield* send]
  }).pipe(Effect.provide(receiving(options)))

describe("an accepted delivery, and its duplicate, are answered", () => {
  const json = { status: 202, type: "application/json", body: expect.stringMatching(/^\{"id":"wh_/) }
  const twiml = { status: 200, type: "text/xml", body: "<Response/>" }
  it.effect.each([
    ["with the id and the status", {}, json],
    ["as the sender expects", { sender: messages }, twiml],
    ["with a status of the source's own", { answer: { status: 200 } }, { ...json, status: 200 }],
    [
      "with a body of the source's own",
      { answer: { body: "ok" } },
      { status: 202, type: "text/plain; charset=utf-8", body: "ok" }
    ],
    [
      "with all of the source's own",
      {
        sender: messages,
        answer: { status: 201, contentType: "application/soap+xml", body: "<Ack>é</Ack>" }
      },
      { status: 201, type: "application/soap+xml", body: "<Ack>é</Ack>" }
    ],
    [
      "with the sender's body under another type",
      { sender: messages, answer: { contentType: "application/xml" } },
      { ...twiml, type: "application/xml" }
    ],
    [
      "without a body where the status has none",
      { sender: messages, answer: { status: 204 } },
      { status: 204, type: undefined, body: "" }
    ],
    [
      "without a body where the source wants none",
      { answer: { body: "" } },
      { status: 202, type: "text/plain; charset=utf-8", body: "" }
    ]
  ] as const)("%s", ([, options, expected]) =>
    Effect.gen(function* () {
      expect(yield* answers(options)).toEqual([expected, expected])
    })
  )

  it.effect("but a refusal is a problem", () =>
    Effect.gen(function* () {
      const refused = yield* Effect.flatMap(post({ secret: `whsec_${btoa("another secret")}` }), read)
      expect(refused).toMatchObject({ status: 401, type: "application/problem+json" })
    }).pipe(Effect.provide(receiving({ sender: messages, answer: { status: 201, body: "ok" } })))
  )
})

describe("an answer is refused", () => {
  const picky: Sender.Sender = {
    ...sender,
    name: "picky",
    acknowledge: { ...sender.acknowledge, status: 200, statuses: [201] },
    disablingStatuses: [202, 410]
  }

  it.effect.each([
    [{ status: 204 }, "status", "picky counts only 200, 201 as success"],
    [{ status: 202 }, "status", "picky stops retrying after 202"]
  ] as const)("%j by a sender that does not count it as success", ([answer, field, reason]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(makeSource({ sender: picky, answer }))
      expect(error).toMatchObject({ _tag: "InvalidAnswer", field, reason })
    })
  )

  it.effect.each([
    [{ status: 204, body: "ok" }, "body"],
    [{ status: 205, contentType: "text/plain" }, "contentType"]
  ] as const)("%j since its status has no body", ([answer, field]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(makeSource({ answer }))
      expect(error).toMatchObject({
        _tag: "InvalidAnswer",
        field,
        reason: `a response with ${answer.status} has no body`
      })
    })
  )

  it("is taken where the sender counts it", () => {
    expect(Answer.wrongWith(picky, { status: 201, body: "ok" })).toBeUndefined()
    expect(Answer.wrongWith(picky, { status: 200 })).toBeUndefined()
    expect(Answer.wrongWith(sender, { status: 204, body: "" })).toBeUndefined()
  })
})
