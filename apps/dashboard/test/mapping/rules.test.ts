import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Mapping } from "@usher/admin"
import { configuration, folder, isolated, load } from "../../../relay/test/harness.ts"
import { changesIn, decodeDraft, encodeDraft, formOf, yamlOf } from "../../src/mapping/rules.ts"

const inForce: Mapping.Rules = {
  live: "live-1",
  member: { expr: "email" },
  when: { expr: "ok" },
  notify: true
}

it("a form of the rules in force changes nothing", () => {
  expect(changesIn(formOf(inForce), inForce)).toEqual({})
  expect(encodeDraft({})).toBe("")
})

it("a draft in the address gives the same form again", () => {
  const form = {
    ...formOf(inForce),
    live: { text: "live", isExpression: true },
    when: { text: " ", isExpression: true },
    notify: { text: "false", isExpression: true }
  }
  const changes = changesIn(form, inForce)
  expect(changes).toEqual({ live: { expr: "live" }, when: null, notify: false })
  expect(changesIn(formOf({ ...inForce, ...decodeDraft(encodeDraft(changes)) }), inForce)).toEqual(changes)
  expect(decodeDraft("no JSON")).toEqual({})
})

it("the YAML has only the changed rules, at their place in the configuration file", () => {
  const changes = { member: { expr: `a["b"]` }, invitedBy: "m-1", when: null }
  expect(yamlOf("form", changes)).toBe(`# Remove sources.form.when
sources:
  form:
    invite:
      member: { expr: "a[\\"b\\"]" }
      invitedBy: "m-1"
`)
  expect(yamlOf("no", { when: { expr: "true" } })).toContain(`  "no":\n    when: { expr: "true" }`)
})

/** The rules of a source, once the copied lines are in its configuration file. */
const pasted = Effect.fnUntraced(function* (changes: Mapping.Rules) {
  const lines = yamlOf("svix", changes).replace("sources:\n  svix:\n", "")
  const written = "    invite: { live: live-svix, member: { expr: email } }\n"
  const { file } = yield* folder(configuration("http://127.0.0.1:9").replace(written, lines))
  return (yield* load(file)).relay.sources.get("svix")?.mapping.rules
})

it.effect.each<Mapping.Rules>([
  { live: "0123", member: { expr: `people["e-mail"]` } },
  { live: "yes", member: { expr: `$map(people, function($one) { $one.email })` }, notify: false },
  { live: "null", member: { expr: 'email & " # no comment"' }, invitedBy: "~" },
  { live: { expr: `a ? "b: c" : 'd'` }, member: { expr: "a\n  .b" }, when: { expr: `"ä – \u2028" != x` } },
  { live: { expr: `{ "a": live }.a` }, member: { expr: "email" }, notify: { expr: "$exists(consent)" } }
])("the copied YAML gives the rules of the draft: %j", (changes) =>
  Effect.gen(function* () {
    expect(yield* pasted(changes)).toMatchObject(changes)
  }).pipe(isolated)
)
