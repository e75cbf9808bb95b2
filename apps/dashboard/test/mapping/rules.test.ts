import { expect, it } from "@effect/vitest"
import type { Mapping } from "@usher/admin"
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
