import { useEffect, useState } from "react"
import type { Mapping as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useParameters } from "../location.ts"
import { Choice } from "../parts/Choice.tsx"
import { Field } from "../parts/Field.tsx"
import { count, plural } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Trials } from "./Trials.tsx"

const untouched = { member: "", live: "", when: "", notify: "" }

type Draft = typeof untouched

/** An empty field keeps the configured rule. A Live's id is used as it is, unlike an expression. */
const rulesOf = ({ live, ...expressions }: Draft): Wire.Rules => {
  const id = live.trim()
  const given = Object.entries(expressions).filter(([, text]) => text.trim() !== "")
  return {
    ...Object.fromEntries(given.map(([name, expr]) => [name, { expr }])),
    ...(id === "" ? {} : { live: /^[\w-]+$/.test(id) ? id : { expr: live } })
  }
}

export const Mapping = () => {
  const { get, set } = useParameters()
  const sources = useApi(["sources"], api.sources.list())
  const source = get("source") === "" ? (sources.data?.[0]?.name ?? "") : get("source")
  return (
    <Page
      title="Mapping"
      lead="Try expressions on stored webhooks and preview the invitations. Nothing is applied: copy the rules to the configuration file."
    >
      <div className="filters">
        <Choice
          label="Source"
          value={source}
          onChange={(source) => set({ source })}
          options={(sources.data ?? []).map(({ name }) => ({ id: name, label: name }))}
        />
      </div>
      {source === "" ? null : <Try key={source} source={source} />}
    </Page>
  )
}

const Try = ({ source }: { readonly source: string }) => {
  const [draft, setDraft] = useState(untouched)
  const [asked, ask] = useState(untouched)
  useEffect(() => {
    const timer = window.setTimeout(() => ask(draft), 500)
    return () => window.clearTimeout(timer)
  }, [draft])
  const rules = rulesOf(asked)
  const query = useApi(
    ["mapping", source, JSON.stringify(rules)],
    api.mapping.try({ payload: { source, rules, limit: 50 } })
  )
  const field = (name: keyof Draft, label: string, hint: string) => (
    <Field
      label={label}
      hint={hint}
      lines={2}
      placeholder="as configured"
      value={draft[name]}
      onChange={(text) => setDraft({ ...draft, [name]: text })}
    />
  )
  return (
    <>
      <div className="card mapping-form">
        {field(
          "member",
          "Person (member)",
          "A JSONata expression that returns an address or a list of addresses"
        )}
        {field("live", "Live (live)", "An id, or an expression that returns one")}
        {field(
          "when",
          "Filter (when)",
          "An expression. The relay ignores a webhook for which it returns false"
        )}
        {field("notify", "Email notification (notify)", "An expression that returns true or false")}
      </div>
      <Section title="Changes">
        <Shown query={query} waiting="rows">
          {({ looked, same, differs, fails, trials }) => (
            <div aria-busy={query.isFetching}>
              <p className="verdict" role="status">
                {looked === 0
                  ? "This source has no stored webhooks."
                  : `Newest ${plural(looked, "webhook")}: ${count(same)} unchanged, ${count(differs)} changed, ${count(fails)} failed.`}
              </p>
              {looked > 0 && <Trials trials={trials} />}
            </div>
          )}
        </Shown>
      </Section>
    </>
  )
}
