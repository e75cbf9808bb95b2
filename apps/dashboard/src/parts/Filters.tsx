/** Filters kept in the address, so that a search can be shared and Back returns to it. */
import { DateTime, Option } from "effect"
import { useEffect, useState, type ReactNode } from "react"
import { Input, Label, SearchField } from "react-aria-components"
import { useParameters } from "../location.ts"
import { Chips } from "./Chips.tsx"
import { Choice } from "./Choice.tsx"
import { Marked, Raw } from "./Raw.tsx"
import { SavedFilters } from "./SavedFilters.tsx"
import { SourceFilter } from "./SourceFilter.tsx"
import { TimeField } from "./TimeField.tsx"
import { ofField, useZone } from "./zone.ts"

interface SearchProps {
  readonly statuses: ReadonlyArray<string>
  /** More filters. */
  readonly children?: ReactNode
}

/** The filters of a search for webhooks or invitations. */
export const SearchFilters = ({ statuses, children }: SearchProps) => (
  <div className="filters filters-search">
    <TextFilter label="Person" name="person" placeholder="Address or member id" />
    {children}
    <TextFilter label="Live" name="live" placeholder="Id" />
    <SourceFilter />
    <TimeFilter />
    <StatusFilter statuses={statuses} />
    <SavedFilters />
  </div>
)

interface TextProps {
  readonly label: string
  /** The parameter in the address. */
  readonly name: string
  readonly placeholder?: string
}

/** Takes effect shortly after the last key press. */
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
      <Marked text={text} />
    </SearchField>
  )
}

export const StatusFilter = ({ statuses }: Pick<SearchProps, "statuses">) => {
  const { get, set } = useParameters()
  const chosen = get("status").split(",")
  const unknown = chosen.filter((status) => status !== "" && !statuses.includes(status))
  return (
    <Chips
      label="Status"
      statuses={statuses}
      chosen={statuses.filter((status) => chosen.includes(status))}
      onChange={(chosen) => set({ status: chosen.join(",") })}
    >
      {unknown.length > 0 && (
        <p className="hint" role="status">
          Unknown status, ignored: <Raw text={unknown.join(", ")} />
        </p>
      )}
    </Chips>
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

/** A recent period, or two times. */
export const TimeFilter = () => {
  const { get, set } = useParameters()
  return (
    <>
      <Choice
        label="Time"
        value={get("time")}
        onChange={(time) => set({ time, from: null, to: null })}
        options={times}
      />
      {get("time") === "between" && (
        <>
          <TimeField name="from" label="From" />
          <TimeField name="to" label="To" />
        </>
      )}
    </>
  )
}

/** The parameters that are given and not blank, by name. */
export const useGiven = <Name extends string>(
  ...names: ReadonlyArray<Name>
): Partial<Record<Name, string>> => {
  const { get } = useParameters()
  const given: Partial<Record<Name, string>> = {}
  for (const name of names) if (get(name).trim() !== "") given[name] = get(name)
  return given
}

/** The parameters as a search of the API. */
export const useSearchFilter = <Status extends string, Name extends string>(
  statuses: ReadonlyArray<Status>,
  ...names: ReadonlyArray<Name>
) => {
  const { get } = useParameters()
  // A field's time is another one in another zone.
  useZone()
  const chosen = get("status").split(",")
  const status = statuses.filter((status) => chosen.includes(status))
  const millis = times.find(({ id }) => id === get("time"))?.millis ?? 0
  // Rounded to the minute, so that the same search keeps its key.
  const since = Math.floor((Date.now() - millis) / 60_000) * 60_000
  const from = millis > 0 ? DateTime.make(since) : ofField(get("from"))
  const to = ofField(get("to"))
  return {
    ...useGiven(...names),
    ...(status.length === 0 ? {} : { status }),
    ...(Option.isSome(from) ? { from: from.value } : {}),
    ...(Option.isSome(to) ? { to: to.value } : {})
  }
}
