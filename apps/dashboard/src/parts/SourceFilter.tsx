import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useParameters } from "../location.ts"
import { Choice } from "./Choice.tsx"

/** The source in the address. */
export const SourceFilter = () => {
  const { get, set } = useParameters()
  const sources = useApi(["sources"], api.sources.list())
  // The selected source may no longer be configured. Imports have a source of their own.
  const configured = new Set(["", ...(sources.data ?? []).map(({ name }) => name), "import"])
  const names = new Set([...configured, get("source")])
  const labelOf = (name: string) =>
    configured.has(name) || sources.data === undefined ? name || "All" : `${name} (not configured)`
  return (
    <Choice
      label="Source"
      value={get("source")}
      onChange={(source) => set({ source })}
      options={[...names].map((name) => ({ id: name, label: labelOf(name) }))}
    />
  )
}
