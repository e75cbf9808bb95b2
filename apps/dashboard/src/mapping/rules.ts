/**
 * The rules of a mapping as texts in fields, and the rules that a draft changes: as JSON in the address, and as YAML for the
 * configuration file.
 */
import { Option, Schema } from "effect"
import { Mapping as Wire } from "@usher/admin"

/** The rules that have a field. */
export const fields = ["member", "live", "when", "notify", "invitedBy"] as const

export type Field = (typeof fields)[number]

/** What is in a field. `isExpression` is false for the id of a Live or of a member. */
export interface Written {
  readonly text: string
  readonly isExpression: boolean
}

export type Form = Readonly<Record<Field, Written>>

/** A rule as in the configuration file: a literal or an expression. */
type Rule = Wire.Rules[Field]

/** The changed rules as they are in the address. A text that is not theirs changes none. */
export const decodeDraft = (text: string): Wire.Rules => Option.getOrElse(decode(text), () => ({}))

const json = Schema.fromJsonString(Wire.Rules)
const decode = Schema.decodeUnknownOption(json)

/** The fields with these rules. A rule that can be an id or an expression, and is absent, is an expression. */
export const formOf = (rules: Wire.Rules): Form => ({
  member: writtenOf(rules.member),
  live: writtenOf(rules.live),
  when: writtenOf(rules.when),
  notify: writtenOf(rules.notify),
  invitedBy: writtenOf(rules.invitedBy)
})

const writtenOf = (rule: Rule): Written =>
  rule === undefined || rule === null
    ? { text: "", isExpression: true }
    : typeof rule === "object"
      ? { text: rule.expr, isExpression: true }
      : { text: String(rule), isExpression: typeof rule === "boolean" }

/** The required rules that have no text. */
export const missingIn = (form: Form): ReadonlyArray<Field> =>
  (["member", "live"] as const).filter((field) => form[field].text.trim() === "")

/** The rules of the form that differ from those in force. Null removes one. Required rules without a text do not differ. */
export const changesIn = (form: Form, inForce: Wire.Rules): Wire.Rules => {
  const before = formOf(inForce)
  const { member, live, when, notify, invitedBy } = form
  return {
    ...(isChanged(member, before.member) && hasText(member) ? { member: { expr: member.text } } : {}),
    ...(isChanged(live, before.live) && hasText(live) ? { live: idOrExpression(live) } : {}),
    ...(isChanged(when, before.when) ? { when: hasText(when) ? { expr: when.text } : null } : {}),
    ...(isChanged(notify, before.notify) ? { notify: hasText(notify) ? flag(notify) : null } : {}),
    ...(isChanged(invitedBy, before.invitedBy)
      ? { invitedBy: hasText(invitedBy) ? idOrExpression(invitedBy) : null }
      : {})
  }
}

const isChanged = (now: Written, before: Written) =>
  now.text.trim() !== before.text.trim() || (hasText(now) && now.isExpression !== before.isExpression)

const hasText = ({ text }: Written) => text.trim() !== ""

const idOrExpression = ({ text, isExpression }: Written) => (isExpression ? { expr: text } : text.trim())

const flag = ({ text }: Written) =>
  text.trim() === "true" ? true : text.trim() === "false" ? false : { expr: text }

/** The draft for the address; empty without a change. */
export const encodeDraft = (changes: Wire.Rules): string =>
  Object.keys(changes).length === 0 ? "" : JSON.stringify(changes)

/** The changed rules at their place in the configuration file. JSON strings are YAML. */
export const yamlOf = (source: string, changes: Wire.Rules): string => {
  const { when, ...invite } = changes
  const removed = fields
    .filter((field) => changes[field] === null)
    .map((field) => `# Remove sources.${source}.${field === "when" ? field : `invite.${field}`}`)
  const kept = fields.flatMap((field) => {
    const rule = field === "when" ? undefined : invite[field]
    return rule === undefined || rule === null ? [] : [`      ${field}: ${ruleText(rule)}`]
  })
  const rules = [
    ...(kept.length === 0 ? [] : ["    invite:", ...kept]),
    ...(when === undefined || when === null ? [] : [`    when: ${ruleText(when)}`])
  ]
  return [
    ...removed,
    ...(rules.length === 0 ? [] : ["sources:", `  ${nameText(source)}:`, ...rules]),
    ""
  ].join("\n")
}

const ruleText = (rule: NonNullable<Rule>) =>
  typeof rule === "object" ? `{ expr: ${JSON.stringify(rule.expr)} }` : JSON.stringify(rule)

/** A name that YAML could read as another value is quoted. */
const nameText = (name: string) =>
  /^[a-z][\w-]*$/i.test(name) && !/^(true|false|null|yes|no|on|off|[yn])$/i.test(name)
    ? name
    : JSON.stringify(name)

/** The problems of a rule, which begin with its name. */
export const problemsOf = (problems: ReadonlyArray<string>, field: Field): ReadonlyArray<string> =>
  problems.filter((problem) => problem.startsWith(`${field}: `) || problem.startsWith(`${field}.`))
