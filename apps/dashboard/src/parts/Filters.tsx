/** What is looked for, kept in the address: a search can be sent to a colleague, and Back goes back. */
import { DateTime, Option } from "effect"
import { useEffect, useState } from "react"
import { Input, Label, SearchField, ToggleButton, ToggleButtonGroup } from "react-aria-components"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useParameters } from "../location.ts"
import { Choice } from "./Choice.tsx"
import { wordOf } from "./Status.tsx"

interface TextProps {
  readonly label: string
  /** Of the parameter. */
  readonly name: string
  readonly placeholder?: string
}

/** Asked for once nobody has typed for a moment. */
export const TextFilter = ({ label, name, placeholder = "" }: TextProps) => {
  const { get, set } = useParameters()
  const asked = get(name)
  const [text, setText] = useState(asked)
  const [seen, setSeen] = useState(asked)
  if (asked !== seen) {
    setSeen(asked)
    setText(asked)
  }
  useEffect(() => {
    if (text.trim() === asked) return
    const timer = window.setTimeout(() => set({ [name]: text.trim() }, { replace: asked !== "" }), 350)
    return () => window.clearTimeout(timer)
  })
  return (
    <SearchField
      className="field"
      value={text}
      onChange={setText}
      onSubmit={(text) => set({ [name]: text.trim() })}
    >
      <Label>{label}</Label>
      <Input placeholder={placeholder} autoComplete="off" />
    </SearchField>
  )
}

export const SourceFilter = () => {
  const { get, set } = useParameters()
  const sources = useApi(["sources"], api.sources.list())
  return (
    <Choice
      label="Source"
      value={get("source")}
      onChange={(source) => set({ source })}
      options={[
        { id: "", label: "All" },
        ...(sources.data ?? []).map(({ name }) => ({ id: name, label: name })),
        // Of a source that is not configured any more, too.
        ...(get("source") === "" || sources.data?.some(({ name }) => name === get("source")) !== false
          ? []
          : [{ id: get("source"), label: get("source") }])
      ]}
    />
  )
}

export const StatusFilter = <Status extends string>({
  statuses
}: {
  readonly statuses: ReadonlyArray<Status>
}) => {
  const { get, set } = useParameters()
  const chosen = get("status").split(",")
  return (
    <div className="field">
      <span className="label" id="status-filter">
        Status
      </span>
      <ToggleButtonGroup
        aria-labelledby="status-filter"
        className="chips"
        selectionMode="multiple"
        selectedKeys={statuses.filter((status) => chosen.includes(status))}
        onSelectionChange={(keys) => set({ status: [...keys].join(",") })}
      >
        {statuses.map((status) => (
          <ToggleButton key={status} id={status} className="chip">
            {wordOf(status)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  )
}

const hour = 3_600_000

const times = [
  { id: "", label: "Any time", millis: 0 },
  { id: "hour", label: "Last hour", millis: hour },
  { id: "day", label: "Last 24 hours", millis: 24 * hour },
  { id: "week", label: "Last 7 days", millis: 168 * hour },
  { id: "between", label: "Between …", millis: 0 }
]

/** Since when, or between two times of the viewer's zone. */
export const TimeFilter = () => {
  const { get, set } = useParameters()
  const day = (name: "from" | "to", label: string) => (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        type="datetime-local"
        value={get(name)}
        onChange={(event) => set({ [name]: event.currentTarget.value }, { replace: true })}
      />
    </div>
  )
  return (
    <>
      <Choice
        label="Time"
        value={get("time")}
        onChange={(time) => set({ time, from: null, to: null })}
        options={times}
      />
      {get("time") === "between" ? (
        <>
          {day("from", "From")}
          {day("to", "Until")}
        </>
      ) : null}
    </>
  )
}

/** To the minute, so that the same search stays the same. */
const minutely = (millis: number) => Math.floor(millis / 60_000) * 60_000

/** As the API takes it. */
export const useTimes = () => {
  const { get } = useParameters()
  const since = times.find(({ id }) => id === get("time"))?.millis ?? 0
  const from = since > 0 ? Option.some(DateTime.makeUnsafe(minutely(Date.now() - since))) : local(get("from"))
  const to = local(get("to"))
  return {
    ...(Option.isSome(from) ? { from: from.value } : {}),
    ...(Option.isSome(to) ? { to: to.value } : {})
  }
}

const local = (text: string) => DateTime.make(new Date(text)).pipe(Option.map(DateTime.toUtc))

/** Those of the parameter that are there, as the API takes them. */
export const useStatuses = <Status extends string>(statuses: ReadonlyArray<Status>) => {
  const { get } = useParameters()
  const chosen = get("status").split(",")
  const status = statuses.filter((status) => chosen.includes(status))
  return status.length === 0 ? {} : { status }
}

/** Those parameters that are given and not blank, under their own names. */
export const useGiven = <Name extends string>(
  ...names: ReadonlyArray<Name>
): Partial<Record<Name, string>> => {
  const { get } = useParameters()
  const given: Partial<Record<Name, string>> = {}
  for (const name of names) if (get(name).trim() !== "") given[name] = get(name)
  return given
}
