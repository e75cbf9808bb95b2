import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { DataTable } from "../parts/DataTable.tsx"
import { count } from "../parts/number.ts"
import { Shown } from "../parts/Shown.tsx"
import { SourceName } from "../parts/SourceName.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"

export const SourceTable = () => {
  const sources = useApi(["sources"], api.sources.list())
  return (
    <Shown query={sources}>
      {(items) => (
        <DataTable
          label="Sources, last 24 hours"
          items={items}
          idOf={({ name }) => name}
          hrefOf={({ name }) => `/webhooks?source=${encodeURIComponent(name)}`}
          columns={[
            { title: "Source", cell: ({ name, sender }) => <SourceName name={name} sender={sender} /> },
            { title: "State", cell: ({ state }) => <Status status={state} /> },
            { title: "Received", className: "number", cell: ({ counters }) => count(counters.accepted) },
            { title: "Mapped", className: "number", cell: ({ counters }) => count(counters.mapped) },
            { title: "Ignored", className: "number", cell: ({ counters }) => count(counters.ignored) },
            {
              title: "Mapping failures",
              className: "number",
              cell: ({ counters }) => count(counters.unmappable)
            },
            { title: "Quarantined", className: "number", cell: ({ quarantined }) => count(quarantined) },
            {
              title: "Last received",
              cell: ({ lastReceivedAt }) => (lastReceivedAt === null ? "never" : <Ago at={lastReceivedAt} />)
            }
          ]}
        />
      )}
    </Shown>
  )
}
