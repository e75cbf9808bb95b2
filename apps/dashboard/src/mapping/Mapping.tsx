import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useParameters } from "../location.ts"
import { Choice } from "../parts/Choice.tsx"
import { StatusFilter, TimeFilter } from "../parts/Filters.tsx"
import { Page } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Draft } from "./Draft.tsx"
import { statuses } from "./statuses.ts"

export const Mapping = () => {
  const { get, set } = useParameters()
  const sources = useApi(["sources"], api.sources.list())
  const name = get("source")
  const source = (sources.data ?? []).find((one) => name === "" || one.name === name)
  return (
    <Page
      title="Mapping"
      lead="The rules of a source, with a preview of changed rules on its stored webhooks. Nothing is applied: copy the changed rules to the configuration file."
    >
      <div className="filters">
        <Choice
          label="Source"
          value={source?.name ?? ""}
          onChange={(source) => set({ source, draft: null })}
          options={(sources.data ?? []).map(({ name }) => ({ id: name, label: name }))}
        />
        <TimeFilter />
        <StatusFilter statuses={statuses} />
      </div>
      <Shown query={sources}>
        {() =>
          source === undefined ? (
            <Empty title="No such source">The configuration has no source with this name.</Empty>
          ) : (
            <InForce key={source.name} source={source.name} spot={source.spot} />
          )
        }
      </Shown>
    </Page>
  )
}

interface Props {
  readonly source: string
  readonly spot: string
}

const InForce = ({ source, spot }: Props) => {
  // The topic of sources, which a reload of the configuration makes stale.
  const query = useApi(["sources", "mapping", source], api.mapping.inForce({ params: { source } }), {
    fresh: true
  })
  return (
    <Shown query={query} waiting="rows">
      {(inForce) => <Draft key={inForce.version} inForce={inForce} spot={spot} />}
    </Shown>
  )
}
