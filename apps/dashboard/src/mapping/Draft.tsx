/** The rules in force, which the operator changes. The changed ones are kept in the address. */
import { useEffect, useState } from "react"
import { type Mapping as Wire, Problem } from "@usher/admin"
import { useParameters } from "../location.ts"
import { Copy } from "../parts/Copy.tsx"
import { Field } from "../parts/Field.tsx"
import { Section } from "../parts/Page.tsx"
import { Segments } from "../parts/Segments.tsx"
import {
  changesIn,
  decodeDraft,
  encodeDraft,
  type Field as Name,
  type Form,
  formOf,
  missingIn,
  problemsOf,
  yamlOf
} from "./rules.ts"
import { Preview, useTrials } from "./Preview.tsx"

interface Props {
  readonly inForce: Wire.InForce
  readonly spot: string
}

export const Draft = ({ inForce, spot }: Props) => {
  const { source } = inForce
  const rules = inForce.rules ?? {}
  const { form, change, draft } = useForm(rules)
  const changes = decodeDraft(draft)
  const query = useTrials(source, changes)
  const problems = query.error instanceof Problem.Invalid ? query.error.problems : []
  const missing = inForce.rules === null && draft === "" ? [] : missingIn(form)
  const errorOf = (name: Name) =>
    missing.includes(name) ? "Required" : problemsOf(problems, name).join("\n") || undefined
  const field = (name: Name, label: string, hint: string) => (
    <Field
      label={label}
      hint={hint}
      lines={2}
      error={errorOf(name)}
      value={form[name].text}
      onChange={(text) => change({ ...form, [name]: { ...form[name], text } })}
    />
  )
  const idField = (name: "live" | "invitedBy", label: string, hint: string) => (
    <div className="rule">
      {field(name, label, hint)}
      <Segments
        label={`${label} is an`}
        value={form[name].isExpression ? "expression" : "id"}
        onChange={(kind) =>
          change({ ...form, [name]: { ...form[name], isExpression: kind === "expression" } })
        }
        options={[
          { id: "id", label: "Id" },
          { id: "expression", label: "Expression" }
        ]}
      />
    </div>
  )
  return (
    <>
      {inForce.rules === null && (
        <p className="note tone-wait">
          A program defines the mapping of this source in code. To preview rules, fill in Person and Live.
        </p>
      )}
      <div className="card mapping-form">
        {field(
          "member",
          "Person (member)",
          "A JSONata expression that returns an address or a list of addresses"
        )}
        {idField("live", "Live (live)", "The id, or an expression that returns one or several ids")}
        {field(
          "when",
          "Filter (when)",
          "An expression. The relay ignores a webhook for which it returns no. Empty: no filter"
        )}
        {field(
          "notify",
          "Email notification (notify)",
          "true, false, or an expression. Empty: MeltingSpot decides"
        )}
        {idField(
          "invitedBy",
          "Inviter (invitedBy)",
          "The id of a Spot member, or an expression. Empty: nobody"
        )}
      </div>
      {draft === "" ? (
        <p className="hint">These are the rules in force, version {inForce.version}.</p>
      ) : (
        <Section title="Changed rules">
          <pre className="raw" tabIndex={0} aria-label="Changed rules as YAML">
            {yamlOf(source, changes)}
          </pre>
          {problems.length > 0 ? (
            <p className="hint">Correct the rules before you copy them to the configuration file.</p>
          ) : (
            <>
              <p className="hint">
                Add these lines to the configuration file and reload it. The address of this page keeps the
                draft.
              </p>
              <Copy text={yamlOf(source, changes)} label="Copy as YAML" what="as YAML" />
            </>
          )}
        </Section>
      )}
      <Preview query={query} source={source} spot={spot} isDraft={draft !== ""} />
    </>
  )
}

/** The form, and the draft in the address, which follows the form shortly after the last key press. */
const useForm = (inForce: Wire.Rules) => {
  const { get, set } = useParameters()
  const asked = get("draft")
  const [form, change] = useState<Form>(() => formOf({ ...inForce, ...decodeDraft(asked) }))
  const [seen, see] = useState(asked)
  const draft = encodeDraft(changesIn(form, inForce))
  if (asked !== seen) {
    see(asked)
    // Another address, and not the one that this form wrote.
    if (asked !== draft) change(formOf({ ...inForce, ...decodeDraft(asked) }))
  }
  useEffect(() => {
    if (draft === asked) return
    const timer = window.setTimeout(() => set({ draft }, { replace: true }), 500)
    return () => window.clearTimeout(timer)
  })
  return { form, change, draft: asked }
}
