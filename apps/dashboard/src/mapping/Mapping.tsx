import { useDeferredValue, useEffect, useState } from "react"
import type { Mapping as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useParameters } from "../location.ts"
import { Choice } from "../parts/Choice.tsx"
import { Field } from "../parts/Field.tsx"
import { count } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Trials } from "./Trials.tsx"

interface Draft {
  readonly member: string
  readonly live: string
  readonly when: string
  readonly notify: string
}

const untouched: Draft = { member: "", live: "", when: "", notify: "" }

/** What is left empty stays as it is configured. A Live's id is no expression: it is given as it is. */
const rulesOf = ({ member, live, when, notify }: Draft): Wire.Rules => ({
  ...(member.trim() === "" ? {} : { member: { expr: member } }),
  ...(live.trim() === "" ? {} : { live: /^[\w-]+$/.test(live.trim()) ? live.trim() : { expr: live } }),
  ...(when.trim() === "" ? {} : { when: { expr: when } }),
  ...(notify.trim() === "" ? {} : { notify: { expr: notify } })
})

export const Mapping = () => {
  const { get, set } = useParameters()
  const sources = useApi(["sources"], api.sources.list())
  const source = get("source") === "" ? (sources.data?.[0]?.name ?? "") : get("source")
  return (
    <Page
      title="Mapping"
      lead="Try an expression on webhooks that are stored, and see who would be invited. Nothing is applied: what you like goes into the configuration file."
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
  const rules = rulesOf(useDeferredValue(asked))
  const query = useApi(
    ["mapping", source, JSON.stringify(rules)],
    api.mapping.try({ payload: { source, rules, limit: 50 } })
  )
  const field = (name: keyof Draft) => ({
    value: draft[name],
    onChange: (text: string) => setDraft({ ...draft, [name]: text })
  })
  return (
    <>
      <div className="card mapping-form">
        <Field
          label="Who (member)"
          lines={2}
          placeholder="as configured"
          hint="An expression in JSONata that gives one address, or a list of them"
          {...field("member")}
        />
        <Field
          label="Which Live (live)"
          lines={2}
          placeholder="as configured"
          hint="An id, or an expression that gives one"
          {...field("live")}
        />
        <Field
          label="Only if (when)"
          lines={2}
          placeholder="as configured"
          hint="An expression: whatever it gives for a webhook to be ignored is false"
          {...field("when")}
        />
        <Field
          label="Mail by MeltingSpot (notify)"
          lines={2}
          placeholder="as configured"
          hint="An expression that gives true or false"
          {...field("notify")}
        />
      </div>
      <Section title="What would change">
        <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
          {({ looked, same, differs, fails, trials }) => (
            <div aria-busy={query.isFetching}>
              <p className="verdict" role="status">
                {looked === 0
                  ? "This source has no stored webhooks to try it on."
                  : `Of the newest ${count(looked)}: ${count(same)} stay as they are, ${count(differs)} would differ, ${count(fails)} would fail.`}
              </p>
              {trials.length === 0 ? (
                looked === 0 ? null : (
                  <Empty title="Nothing would change" />
                )
              ) : (
                <Trials trials={trials} />
              )}
            </div>
          )}
        </Shown>
      </Section>
    </>
  )
}
