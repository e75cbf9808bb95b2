/** Every sender of the table through the whole relay, with bodies of its own shape, signed as it signs. */
import { describe, expect, it } from "@effect/vitest"
import { Context, DateTime, Effect, Layer } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import { type Sender, Senders } from "@usher/signatures"
import { sample, sign } from "@usher/signatures/testing"
import { Operations, Refusal } from "@usher/engine"
import { layerEvaluator } from "../../../../packages/engine/test/evaluator.ts"
import { extend } from "../../../../packages/signatures/test/lengthExtension.ts"
import * as Server from "../../src/server/Server.ts"
import { folder, isolated, load, participants, sandbox, senderNamed, until } from "../harness.ts"

const publicUrl = "https://hooks.example.com"

const secretOf = ({ scheme }: Sender.Sender) =>
  scheme.scheme === "basic" ? "relay:a-password" : `whsec_${btoa("the secret of a sender")}`

/** Where the address is, of senders that have no usual place for it. */
const members: Readonly<Record<string, string>> = {
  jotform: "rawRequest.q3_email",
  github: "email",
  slack: "event.user.profile.email"
}

/** A relay with a source for each of these senders, before a sandbox. */
const relay = Effect.fnUntraced(function* (senders: ReadonlyArray<Sender.Sender>) {
  const upstream = yield* sandbox
  const sources = senders.map((sender) => ({
    sender: sender.name,
    ...(sender.scheme.scheme === "none"
      ? {}
      : { secrets: [{ env: sender.scheme.scheme === "basic" ? "PASSWORD" : "SECRET" }] }),
    spot: "main",
    invite: { live: "live-1", member: { expr: members[sender.name] ?? sender.email ?? "email" } }
  }))
  const home = yield* folder(
    JSON.stringify({
      server: { port: 0, publicUrl },
      database: "sqlite:./usher.db",
      spots: { main: { secretKey: { env: "SPOT_KEY" }, baseUrl: upstream.url } },
      sources: Object.fromEntries(senders.map(({ name }, at) => [name, sources[at]]))
    })
  )
  const config = yield* load(home.file, {
    SPOT_KEY: "key-of-the-spot",
    PASSWORD: "relay:a-password",
    SECRET: `whsec_${btoa("the secret of a sender")}`
  })
  const services = yield* Layer.build(
    Server.layer(config).pipe(Layer.provideMerge(Server.layerInbox(config)), Layer.provide(layerEvaluator))
  )
  return {
    url: yield* Effect.provide(Server.url, services),
    operations: Context.get(services, Operations.Operations),
    ledger: upstream.ledger
  }
})

/** Signs a body as the sender does, and sends it; the status and the answer. */
const send = Effect.fnUntraced(function* (
  url: string,
  sender: Sender.Sender,
  content: { readonly body: string; readonly headers: Readonly<Record<string, string>> }
) {
  const signed = yield* sign(sender, {
    secret: secretOf(sender),
    body: content.body,
    at: yield* DateTime.now,
    url: `${publicUrl}/webhooks/${sender.name}`,
    id: `id-${sender.name}`,
    headers: content.headers
  })
  const response = yield* HttpClientRequest.post(signed.url.replace(publicUrl, url)).pipe(
    HttpClientRequest.setHeaders(signed.headers),
    HttpClientRequest.bodyUint8Array(signed.body, content.headers["content-type"] ?? "application/json"),
    HttpClient.execute
  )
  const isJson = response.headers["content-type"]?.includes("json") ?? false
  return { status: response.status, json: isJson ? yield* response.json : yield* response.text }
})

const json = (value: unknown) => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json" }
})

const form = (fields: Readonly<Record<string, string>>) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" }
})

/** Whose bodies name somebody; the others deliver ids to fetch. */
const naming = Senders.all.filter(
  (sender) => !["eventbrite", "meta", "twilio", "luma", "github", "none"].includes(sender.name)
)

describe("a delivery", () => {
  it.live("of each sender is answered as it wants, once and again, and becomes an invitation", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay(naming)
      const at = yield* DateTime.now
      for (const sender of naming) {
        const content = sample(sender, { member: `${sender.name}@example.com`, id: `id-${sender.name}`, at })
        const first = yield* send(url, sender, content)
        expect({ sender: sender.name, ...first }).toMatchObject({
          sender: sender.name,
          status: sender.acknowledge.status,
          json: { status: "accepted" }
        })
        expect(yield* send(url, sender, content)).toMatchObject({
          status: sender.acknowledge.status,
          json: { status: "duplicate" }
        })
      }
      expect(yield* participants(ledger, naming.length)).toEqual(
        naming.map(({ name }) => `${name}@example.com`).toSorted()
      )
    }).pipe(isolated)
  )

  it.live("of many events is one webhook, with an invitation for each person whose event is signed", () =>
    Effect.gen(function* () {
      const [hubspot, segment] = [senderNamed("hubspot-v1"), senderNamed("segment-batch")]
      const { url, ledger } = yield* relay([hubspot, segment])
      const changed = (propertyName: string, propertyValue: string, eventId: number) => ({
        eventId,
        portalId: 1,
        objectId: eventId,
        occurredAt: 1_764_000_000_000,
        subscriptionType: "contact.propertyChange",
        propertyName,
        propertyValue
      })
      const events = [
        changed("email", "ada@example.com", 1),
        changed("lastname", "Lovelace", 2),
        changed("email", "grace@example.com", 3)
      ]
      expect(yield* send(url, hubspot, json(events))).toMatchObject({ status: 200 })
      const identify = (email: string) => ({ type: "identify", messageId: email, traits: { email } })
      const batch = [identify("joan@example.com"), identify("mary@example.com")]
      expect(yield* send(url, segment, json(batch))).toMatchObject({ status: 200 })
      // Segment signs the first event of a batch only.
      expect(yield* participants(ledger, 3)).toEqual([
        "ada@example.com",
        "grace@example.com",
        "joan@example.com"
      ])
    }).pipe(isolated)
  )

  it.live("that is a form, of senders that write forms, is read as one", () =>
    Effect.gen(function* () {
      const [slack, twilio, mailchimp] = [
        senderNamed("slack"),
        senderNamed("twilio"),
        senderNamed("mailchimp")
      ]
      const { url, operations, ledger } = yield* relay([slack, twilio, mailchimp])
      const command = form({ command: "/invite", text: "ada@example.com", team_id: "T1" })
      expect(yield* send(url, slack, command)).toMatchObject({ status: 200 })
      const message = form({ MessageSid: "SM1", MessageStatus: "received", email: "grace@example.com" })
      expect(yield* send(url, twilio, message)).toMatchObject({
        status: 200,
        json: expect.stringContaining("<Response/>")
      })
      const subscribe = form({ type: "subscribe", "data[email]": "joan@example.com", fired_at: "2026-11-25" })
      expect(yield* send(url, mailchimp, subscribe)).toMatchObject({ status: 200 })
      expect(yield* participants(ledger, 2)).toEqual(["grace@example.com", "joan@example.com"])
      // A command has no event in it: kept, and said why.
      const page = yield* until(
        operations.searchWebhooks({ source: "slack" }, { limit: 1 }),
        ({ items: [webhook] }) => webhook?.status === "unmappable"
      )
      expect(page.items).toMatchObject([{ status: "unmappable" }])
    }).pipe(isolated)
  )

  it.live("of HubSpot's, whose hash somebody continued over a form of their own, is refused", () =>
    Effect.gen(function* () {
      const [hubspot, older] = [senderNamed("hubspot"), senderNamed("hubspot-v1")]
      const { url, operations, ledger } = yield* relay([hubspot, older])
      const genuine = sample(older, { member: "ada@example.com", id: "1", at: yield* DateTime.now })
      const captured = yield* sign(older, { secret: secretOf(older), ...genuine, at: yield* DateTime.now })
      const more = Buffer.from(
        [
          ["propertyName", "email"],
          ["propertyValue", "mallory@evil.example"]
        ]
          .map(([name, value]) => `\r\n--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}`)
          .join("") + "\r\n--x--\r\n"
      )
      const attempts: Array<number> = []
      const lengths = Array.from({ length: 57 }, (_, index) => index + 8)
      expect(lengths).toContain(secretOf(older).length)
      for (const { name } of [hubspot, older]) {
        for (const length of lengths) {
          const { glue, hash } = extend(
            captured.headers["x-hubspot-signature"] ?? "",
            length + captured.body.length,
            more
          )
          const response = yield* HttpClientRequest.post(`${url}/webhooks/${name}`).pipe(
            HttpClientRequest.setHeaders({ ...captured.headers, "x-hubspot-signature": hash }),
            HttpClientRequest.bodyUint8Array(
              Buffer.concat([captured.body, glue, more]),
              "multipart/form-data; boundary=x"
            ),
            HttpClient.execute
          )
          yield* response.arrayBuffer
          attempts.push(response.status)
        }
      }
      const { status } = Refusal.answerTo(older, "unverified")
      expect(new Set(attempts)).toEqual(new Set([status, Refusal.answerTo(hubspot, "unverified").status]))
      expect(yield* send(url, older, genuine)).toMatchObject({ status: 200, json: { status: "accepted" } })
      expect(yield* participants(ledger, 1)).toEqual(["ada@example.com"])
      expect((yield* operations.searchWebhooks({}, { limit: 10 })).items).toHaveLength(1)
    }).pipe(isolated)
  )

  it.live("of a sender of JSON is read as JSON, whatever its Content-Type says", () =>
    Effect.gen(function* () {
      const typeform = senderNamed("typeform")
      const { url, operations, ledger } = yield* relay([typeform])
      const at = yield* DateTime.now
      const type = { headers: { "content-type": "multipart/form-data; boundary=x" } }
      const content = sample(typeform, { member: "ada@example.com", id: "1", at })
      expect(yield* send(url, typeform, { ...content, ...type })).toMatchObject({ status: 200 })
      expect(yield* participants(ledger, 1)).toEqual(["ada@example.com"])
      // The same one again is no other delivery for its other Content-Type.
      expect(yield* send(url, typeform, content)).toMatchObject({ json: { status: "duplicate" } })
      const form =
        '--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nmallory@evil.example\r\n--x--\r\n'
      expect(yield* send(url, typeform, { body: form, ...type })).toMatchObject({ status: 200 })
      const { items } = yield* until(
        operations.searchWebhooks({ source: "typeform" }, { limit: 2 }),
        ({ items }) => items.every(({ status }) => status !== "received")
      )
      expect(items.map(({ status, reason }) => [status, reason])).toEqual([
        ["unmappable", "the body is not JSON"],
        ["mapped", null]
      ])
    }).pipe(isolated)
  )

  it.live("that can't be read is kept with the reason, and nothing is lost", () =>
    Effect.gen(function* () {
      const token = senderNamed("token")
      const { url, operations } = yield* relay([token])
      const bad = { body: "no { JSON", headers: { "content-type": "application/json" } }
      expect(yield* send(url, token, bad)).toMatchObject({ status: 200, json: { status: "accepted" } })
      const { items } = yield* until(
        operations.searchWebhooks({ source: "token" }, { limit: 1 }),
        ({ items: [webhook] }) => webhook?.status !== "received"
      )
      expect(items).toMatchObject([{ status: "unmappable", reason: expect.stringContaining("not JSON") }])
    }).pipe(isolated)
  )
})
