import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Redacted } from "effect"
import { TestClock } from "effect/testing"
import { Delivery, Handshake, Secret } from "../src/index.ts"
import { at, otherWhsec, senderNamed, sign, whsec } from "./samples.ts"

const secrets = [Secret.make(whsec)]
const setTime = TestClock.setTime(at.epochMilliseconds)
const json = (value: unknown) => JSON.stringify(value)

describe("Slack", () => {
  const slack = senderNamed("slack")
  const body = json({ type: "url_verification", challenge: "3eZbrw1aBm2rZgRNFdxV2595E9CY" })

  it.effect("gets its challenge back as plain text", () =>
    Effect.gen(function* () {
      yield* setTime
      const delivery = yield* sign(slack, { secret: whsec, body, at })
      const answer = Option.getOrThrow(yield* Handshake.respond(slack, delivery, { secrets }))
      assert.include(answer, { status: 200, body: "3eZbrw1aBm2rZgRNFdxV2595E9CY" })
      assert.include(answer.headers["content-type"], "text/plain")
    })
  )

  it.effect("gets nothing back when the challenge is not signed with our secret", () =>
    Effect.gen(function* () {
      yield* setTime
      const delivery = yield* sign(slack, { secret: otherWhsec, body, at })
      const error = yield* Effect.flip(Handshake.respond(slack, delivery, { secrets }))
      assert.include(error, { reason: "NoSecretMatches" })
    })
  )

  it.effect("delivers events, which are no handshake", () =>
    Effect.gen(function* () {
      for (const body of [
        json({ type: "event_callback", text: "url_verification" }),
        "url_verification",
        ""
      ]) {
        const delivery = yield* sign(slack, { secret: whsec, body, at })
        assert.isTrue(Option.isNone(yield* Handshake.respond(slack, delivery, { secrets })))
      }
    })
  )
})

describe("Zoom", () => {
  const zoom = senderNamed("zoom")
  const validation = (plainToken: string) =>
    json({ event: "endpoint.url_validation", payload: { plainToken } })

  it.effect("gets its token signed with the secret that verified it, during a rotation too", () =>
    Effect.gen(function* () {
      yield* setTime
      const respond = Effect.fnUntraced(function* (known: ReadonlyArray<Secret.Secret>) {
        const delivery = yield* sign(zoom, { secret: whsec, body: validation("abc"), at })
        return Option.getOrThrow(yield* Handshake.respond(zoom, delivery, { secrets: known })).body
      })
      assert.strictEqual(yield* respond([Secret.make(otherWhsec), ...secrets]), yield* respond(secrets))
    })
  )

  it.effect("cannot be used to have anything else signed", () =>
    Effect.gen(function* () {
      yield* setTime
      const unsigned = Delivery.make({ headers: {}, body: validation("abc") })
      assert.include(yield* Effect.flip(Handshake.respond(zoom, unsigned, { secrets })), {
        reason: "MissingHeader"
      })
      const forged = yield* sign(zoom, { secret: whsec, body: validation("v0:1795424400:{}"), at })
      assert.isTrue(Option.isNone(yield* Handshake.respond(zoom, forged, { secrets })))
    })
  )
})

describe("Meta", () => {
  const meta = senderNamed("meta")
  const subscribe = (token: string) =>
    Delivery.make({
      method: "GET",
      url: `https://hooks.example.com/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${token}`,
      headers: {},
      body: ""
    })

  it.effect("gets its challenge back for the verify token, and for no other", () =>
    Effect.gen(function* () {
      const options = { secrets, verifyToken: Redacted.make("meatyhamhock") }
      const answer = yield* Handshake.respond(meta, subscribe("meatyhamhock"), options)
      assert.strictEqual(Option.getOrThrow(answer).body, "1158201444")
      const error = yield* Effect.flip(Handshake.respond(meta, subscribe("other"), options))
      assert.include(error, { reason: "NoSecretMatches" })
    })
  )

  it.effect("is refused while no verify token is configured, even with the app secret", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Handshake.respond(meta, subscribe(whsec), { secrets }))
      assert.include(error.message, "none is configured")
    })
  )
})

describe("Mailchimp", () => {
  const mailchimp = senderNamed("mailchimp")
  it.effect("gets a 200 for its GET, when the URL carries the token", () =>
    Effect.gen(function* () {
      const get = yield* sign(mailchimp, { secret: whsec, body: "", at, method: "GET" })
      assert.strictEqual(Option.getOrThrow(yield* Handshake.respond(mailchimp, get, { secrets })).status, 200)
      const empty = yield* sign(mailchimp, { secret: whsec, body: "", at })
      assert.isTrue(Option.isSome(yield* Handshake.respond(mailchimp, empty, { secrets })))
      const wrong = yield* sign(mailchimp, { secret: otherWhsec, body: "", at, method: "GET" })
      assert.include(yield* Effect.flip(Handshake.respond(mailchimp, wrong, { secrets })), {
        reason: "NoSecretMatches"
      })
      const post = yield* sign(mailchimp, { secret: whsec, body: "type=subscribe", at })
      assert.isTrue(Option.isNone(yield* Handshake.respond(mailchimp, post, { secrets })))
    })
  )
})

it.effect("a sender without a handshake has none", () =>
  Effect.gen(function* () {
    const get = Delivery.make({ method: "GET", headers: {}, body: "" })
    assert.strictEqual(Option.isNone(yield* Handshake.respond(senderNamed("github"), get, { secrets })), true)
  })
)

it("shows the answer to a person who has the secret, and none for a delivery", () => {
  const zoom = senderNamed("zoom")
  const body = json({ event: "endpoint.url_validation", payload: { plainToken: "abc" } })
  const answer = Handshake.answerWith(zoom, Delivery.make({ headers: {}, body }), Redacted.make(whsec))
  assert.include(Option.getOrThrow(answer).body, "encryptedToken")
  const delivery = Delivery.make({ headers: {}, body: "{}" })
  assert.isTrue(Option.isNone(Handshake.answerWith(zoom, delivery, Redacted.make(whsec))))
})
