import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { Mapping } from "../src/index.ts"

const email = "alice@example.com"

/** What the rules make of a body. */
const map = Effect.fnUntraced(function* (
  rules: Partial<Mapping.Rules>,
  body: unknown,
  headers: Readonly<Record<string, string>> = {}
) {
  const mapping = yield* Mapping.make({ live: "live-1", member: { expr: "email" }, ...rules })
  return yield* mapping({ source: "form", body, headers })
})

const mapped = (...invitations: ReadonlyArray<unknown>) => ({ status: "mapped", invitations, reason: null })

describe("rules", () => {
  it.effect.each([
    ["literals and expressions", {}, { email }, mapped({ liveId: "live-1", member: email })],
    [
      "an array of people, each once, trimmed",
      { member: { expr: "people.email" } },
      { people: [{ email: ` ${email}` }, { email: "spot-member-7" }, { email }] },
      mapped({ liveId: "live-1", member: email }, { liveId: "live-1", member: "spot-member-7" })
    ],
    [
      "several Lives",
      { live: { expr: "lives" } },
      { lives: ["a", "b"], email },
      mapped({ liveId: "a", member: email }, { liveId: "b", member: email })
    ],
    [
      "inviter and notification as literals",
      { invitedBy: "host-1", notify: false },
      { email },
      mapped({
        liveId: "live-1",
        member: email,
        invitedBySpotMemberId: "host-1",
        withEmailNotification: false
      })
    ],
    [
      "inviter and notification as expressions, `false` in words included",
      { invitedBy: { expr: "host" }, notify: { expr: "mail" } },
      { email, host: "host-2", mail: "false" },
      mapped({
        liveId: "live-1",
        member: email,
        invitedBySpotMemberId: "host-2",
        withEmailNotification: false
      })
    ],
    [
      "neither inviter nor notification where the expressions give nothing",
      { invitedBy: { expr: "host" }, notify: { expr: "mail" } },
      { email },
      mapped({ liveId: "live-1", member: email })
    ],
    [
      "a filter that says yes",
      { when: { expr: "form = 'abc'" } },
      { email, form: "abc" },
      mapped({ liveId: "live-1", member: email })
    ],
    [
      "those who can be invited, and how many cannot",
      { member: { expr: "people" } },
      { people: [email, 7, "two words"] },
      {
        status: "mapped",
        invitations: [{ liveId: "live-1", member: email }],
        reason: "2 of the values are neither an address nor an id"
      }
    ]
  ] as const)("map %s", ([, rules, body, expected]) =>
    Effect.gen(function* () {
      expect(yield* map(rules, body)).toEqual(expected)
    })
  )

  it.effect("see the headers and the source", () =>
    Effect.gen(function* () {
      const rules = { live: { expr: '$source & "-" & $headers."x-live"' } }
      expect(yield* map(rules, { email }, { "x-live": "7" })).toEqual(
        mapped({ liveId: "form-7", member: email })
      )
    })
  )
})

describe("a webhook that makes no invitation says why", () => {
  it.effect.each([
    [{}, {}, "unmappable", "member: email gives nothing"],
    [{}, { email: "" }, "unmappable", "member: email gives nothing"],
    [{}, { email: 7 }, "unmappable", "member: email gives no text"],
    [{}, { email: [] }, "unmappable", "member: email gives nothing"],
    [{}, { email: "not an address" }, "unmappable", "none of the values is an address or an id"],
    [{ live: { expr: "live" } }, { email }, "unmappable", "live: live gives nothing"],
    [
      { live: { expr: "live" } },
      { email, live: email },
      "unmappable",
      "none of the values is an address or an id"
    ],
    [{ when: { expr: "form = 'abc'" } }, { email }, "ignored", "when: the filter form = 'abc' says no"],
    [{ when: { expr: "form" } }, { email, form: "false" }, "ignored", "when: the filter form says no"]
  ] as const)("%j of %j: %s", ([rules, body, status, reason]) =>
    Effect.gen(function* () {
      expect(yield* map(rules, body)).toEqual({ status, reason })
    })
  )

  it.effect.each([
    ["$number(email)", "D3030"],
    ["email + 1", "T2001"],
    ["{email: 1}[0] < 1", "T2010"],
    ['$error("no seat for " & email)', "D3137"],
    ['$assert(false, "no seat for " & email)', "D3141"],
    ["$toMillis(email)", "D3110"],
    ["$toMillis(quoted)", "D3110"],
    ["$eval(quoted)", "D3120"],
    ["$merge(email)", "T0412"]
  ] as const)("when %s fails, and without the person's data", ([expr, code]) =>
    Effect.gen(function* () {
      const quoted = `the "person" ${email} said: "hello \\`
      const { status, reason } = yield* map({ member: { expr } }, { email, quoted })
      expect({ status, reason }).toEqual({
        status: "unmappable",
        reason: expect.stringContaining(`member: ${expr} fails: ${code}`)
      })
      expect(reason).not.toMatch(/alice|example\.com|hello/)
    })
  )
})

describe("an expression that cannot be", () => {
  it.effect.each([
    ["member", "form_response.answers[", 22, 'S0203 Expected "]" before end of expression'],
    ["live", "a ? (b", 6, 'S0203 Expected ")" before end of expression'],
    ["when", "#", 1, 'S0211 The symbol "#" cannot be used as a unary operator']
  ] as const)("is refused, with its position: %s: %s", ([field, expr, position, detail]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(map({ [field]: { expr } }, {}))
      expect(error).toMatchObject({ _tag: "InvalidExpression", field, expression: expr, position })
      expect(error.message).toBe(`${field}: ${detail} at character ${position} of the expression ${expr}`)
    })
  )
})

describe("an expression that runs away", () => {
  it.live.each([
    ["a recursion without an end", "($f := function($n) { 1 + $f($n + 1) }; $f(0))", "D1011"],
    ["a loop without an end", "($f := function($n) { $f($n + 1) }; $f(0))", "D1012"],
    ["a huge range", "[1..9999999]", "D2015"],
    ["a huge text", '$reduce([1..60], function($a, $b) { $a & $a }, "xxxxxxxx")', "Error"]
  ] as const)("is stopped soon: %s", ([, expr, code]) =>
    Effect.gen(function* () {
      const startedAt = yield* Clock.currentTimeMillis
      expect(yield* map({ member: { expr } }, {})).toEqual({
        status: "unmappable",
        reason: expect.stringContaining(`member: ${expr} fails: ${code} `)
      })
      expect((yield* Clock.currentTimeMillis) - startedAt).toBeLessThan(10_000)
    })
  )
})
