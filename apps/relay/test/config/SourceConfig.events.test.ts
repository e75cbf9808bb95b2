/** `sources.<name>.events` and `answer`: what a source counts as a sign-up, and how it answers. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Sender } from "@usher/signatures"
import { collect, format, type Problem } from "../../src/config/Problem.ts"
import { mappingOf } from "../../src/config/sourceMapping.ts"
import { folder, isolated, load, senderNamed } from "../harness.ts"

const file = (...lines: ReadonlyArray<string>) =>
  [
    "spots: { main: { secretKey: { env: SPOT_KEY } } }",
    "sources:",
    "  form:",
    "    sender: custom",
    "    verify: { scheme: hmac, header: x-signature }",
    "    secrets: [{ env: HMAC_SECRET }]",
    "    spot: main",
    "    invite: { live: live-1, member: { expr: email } }",
    ...lines.map((line) => `    ${line}`)
  ].join("\n")

const source = Effect.fnUntraced(function* (...lines: ReadonlyArray<string>) {
  const home = yield* folder(file(...lines))
  return (yield* load(home.file)).relay.sources.get("form")
})

const problems = Effect.fnUntraced(function* (...lines: ReadonlyArray<string>) {
  const home = yield* folder(file(...lines))
  const error = yield* Effect.flip(load(home.file))
  return error.problems.map(({ path, reason }) => format({ path, reason }))
})

describe("the events of a source", () => {
  it.effect("are all of them where nothing is known of its sender's, and where it says so", () =>
    Effect.gen(function* () {
      expect((yield* source())?.events).toBeUndefined()
      expect((yield* source("events: all"))?.events).toBeUndefined()
    }).pipe(isolated)
  )

  it.effect("may be named with their place", () =>
    Effect.gen(function* () {
      const made = yield* source("events: { name: { json: type }, signUps: [created] }")
      const events = { name: { json: "type" }, signUps: ["created"] }
      expect(made?.events).toEqual(events)
      expect(made?.mapping.rules).toMatchObject({ events })
    }).pipe(isolated)
  )

  it.effect("can't be a list where their place is not known, an empty list, or something else", () =>
    Effect.gen(function* () {
      expect(yield* problems("events: [created]")).toEqual([
        "sources.form.events: the place of the event name is unknown for custom: give { name: { json: … }, signUps: [ … ] }"
      ])
      for (const events of [
        "[]",
        "none",
        "{ name: { json: type }, signUps: [] }",
        "{ signUps: [a] }",
        "{ name: type, signUps: [a] }"
      ]) {
        const [problem] = yield* problems(`events: ${events}`)
        expect(problem).toMatch(/^sources\.form\.events/)
      }
    }).pipe(isolated)
  )

  const events = { name: { json: "event" }, signUps: ["created", "moved"] }
  const calendar: Sender.Sender = { ...senderNamed("custom"), name: "calendar", email: "email", events }
  const eventsOf = Effect.fnUntraced(function* (given?: "all" | ReadonlyArray<string>) {
    const found: Array<Problem> = []
    const invite = { live: "live-1" }
    const made = yield* mappingOf(
      { invite, ...(given === undefined ? {} : { events: given }) },
      calendar,
      collect(found)
    )
    expect(found).toEqual([])
    return made?.rules?.events
  })

  it.effect("are those of its sender, in the sender's place, or all", () =>
    Effect.gen(function* () {
      expect(yield* eventsOf()).toEqual(events)
      expect(yield* eventsOf(["canceled"])).toEqual({ ...events, signUps: ["canceled"] })
      expect(yield* eventsOf("all")).toBe("all")
    })
  )
})

describe("the answer of a source", () => {
  it.effect("is in place of its sender's", () =>
    Effect.gen(function* () {
      const made = yield* source(
        "answer: { status: 201, contentType: text/xml; charset=utf-8, body: <Ack/> }"
      )
      expect(made?.answer).toEqual({ status: 201, type: "text/xml; charset=utf-8", body: "<Ack/>" })
    }).pipe(isolated)
  )

  it.effect.each([
    ["{ status: 302 }", "answer.status", "Expected a status from 200 to 299"],
    ["{ status: 200.5 }", "answer.status", ""],
    ["{ status: 204, body: ok }", "answer.body", "a response with 204 has no body"],
    ["{ contentType: xml }", "answer.contentType", "Expected a media type, such as text/xml; charset=utf-8"],
    [
      '{ contentType: "text/xml\\r\\nx-evil: 1" }',
      "answer.contentType",
      "Expected a media type, such as text/xml; charset=utf-8"
    ],
    [`{ body: "${"é".repeat(2_049)}" }`, "answer.body", "Expected at most 4 KiB"],
    ["{ headers: { a: b } }", "answer.headers", "unknown key"]
  ] as const)("can't be %s", ([answer, path, reason]) =>
    Effect.gen(function* () {
      const [problem, ...others] = yield* problems(`answer: ${answer}`)
      expect(others).toEqual([])
      expect(problem).toContain(`sources.form.${path}`)
      expect(problem).toContain(reason)
    }).pipe(isolated)
  )

  it.effect("may have a body of 4 KiB", () =>
    Effect.gen(function* () {
      const body = "é".repeat(2_048)
      expect((yield* source(`answer: { body: "${body}" }`))?.answer.body).toBe(body)
    }).pipe(isolated)
  )
})
