/** Deliveries with one body that headers tell apart. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { Delivery, Secret, Senders } from "@usher/signatures"
import { Option } from "effect"
import { Mapping, Source } from "../../src/index.ts"

const source = (rules: Partial<Mapping.Rules>, sender = "token", events?: Source.Options["events"]) =>
  Effect.gen(function* () {
    const mapping = yield* Mapping.make({ live: "live-1", member: { expr: "email" }, ...rules })
    return yield* Source.make({
      name: "form",
      sender: Option.getOrThrow(Senders.get(sender)),
      secrets: [Secret.make("a secret of the source")],
      spot: "main",
      mapping,
      ...(events === undefined ? {} : { events })
    })
  })

/** Whether the source takes two deliveries with the same body and these headers for one. */
const areOne = (
  { identify }: Source.Source,
  one: Record<string, string>,
  other: Record<string, string>,
  body: string | Uint8Array = "{}"
) => {
  const [a, b] = [one, other].map((headers) => {
    const { content, deliveryId } = identify(Delivery.make({ headers, body }))
    return `${deliveryId} ${Buffer.from(content).toString("base64")}`
  })
  return a === b
}

const json = { "content-type": "application/json" }

describe("two deliveries with one body", () => {
  const cases: ReadonlyArray<readonly [what: string, rules: Partial<Mapping.Rules>, header: string]> = [
    ["the member", { member: { expr: "$headers.'x-user-email'" } }, "x-user-email"],
    ["the Live", { live: { expr: "$headers.`x-live`" } }, "x-live"],
    ["the filter", { when: { expr: `$headers . "X-Event" = 'created'` } }, "x-event"],
    ["an inviter whose header is looked up", { invitedBy: { expr: "$lookup($headers, 'x-by')" } }, "x-by"],
    ["a notification", { notify: { expr: "$headers.mail" } }, "mail"]
  ]
  for (const [what, rules, header] of cases) {
    it.effect(`are two where they differ in the header of ${what}, and one where they do not`, () =>
      Effect.gen(function* () {
        const found = yield* source(rules)
        assert.isFalse(areOne(found, { ...json, [header]: "a" }, { ...json, [header]: "b" }))
        assert.isTrue(areOne(found, { ...json, [header]: "a" }, { ...json, [header]: "a" }))
        const tries = [
          { "x-retry-num": "1", "cf-ray": "1" },
          { "x-retry-num": "2", "cf-ray": "2" }
        ] as const
        assert.isTrue(
          areOne(found, { ...json, [header]: "a", ...tries[0] }, { ...json, [header]: "a", ...tries[1] })
        )
      })
    )
  }

  it.effect("are two where a header names another event", () =>
    Effect.gen(function* () {
      const events = { name: { header: "x-event" }, signUps: ["created"] }
      const found = yield* source({}, "token", events)
      assert.isFalse(areOne(found, { ...json, "x-event": "updated" }, { ...json, "x-event": "created" }))
      const github = yield* source({}, "github")
      assert.isFalse(
        areOne(github, { ...json, "x-github-event": "ping" }, { ...json, "x-github-event": "push" })
      )
      const shopify = yield* source({}, "shopify")
      const topic = (name: string) => ({ ...json, "x-shopify-topic": name })
      assert.isFalse(areOne(shopify, topic("customers/update"), topic("customers/create")))
    })
  )

  it.effect("are one with the event in the body and JSON types that mean the same", () =>
    Effect.gen(function* () {
      const found = yield* source({}, "token", { name: { json: "event" }, signUps: ["created"] })
      const type = (contentType: string) => ({ "content-type": contentType })
      const body = JSON.stringify({ event: "created" })
      assert.isTrue(areOne(found, type("application/json"), type("application/json; charset=utf-8"), body))
    })
  )

  it.effect("are two where their charsets make another text of it", () =>
    Effect.gen(function* () {
      const found = yield* source({})
      const form = (charset: string) => ({
        "content-type": `application/x-www-form-urlencoded; charset=${charset}`
      })
      assert.isFalse(areOne(found, form("iso-8859-1"), form("windows-1251"), "email=m%FCx@example.com"))
      assert.isTrue(areOne(found, form("iso-8859-1"), form("ISO-8859-1"), "email=m%FCx@example.com"))
    })
  )

  it.effect("are one whatever else their headers say", () =>
    Effect.gen(function* () {
      const found = yield* source({})
      assert.isTrue(
        areOne(found, { ...json, "x-a": "1" }, { "content-type": "application/json; charset=utf-8" })
      )
    })
  )
})

describe("a mapping that computes the name of a header", () => {
  it.effect("tells deliveries apart by the headers that are kept, and by no other", () =>
    Effect.gen(function* () {
      const mapping = yield* Mapping.make({
        live: { expr: "$lookup($headers, 'x-' & kind)" },
        member: { expr: "email" }
      })
      const found = yield* Source.make({
        name: "form",
        sender: Option.getOrThrow(Senders.get("token")),
        secrets: [Secret.make("a secret of the source")],
        spot: "main",
        mapping,
        keepHeaders: ["x-live"]
      })
      assert.isFalse(areOne(found, { ...json, "x-live": "a" }, { ...json, "x-live": "b" }))
      assert.isTrue(
        areOne(found, { ...json, "x-live": "a", "x-a": "1" }, { ...json, "x-live": "a", "x-a": "2" })
      )
    })
  )
})
