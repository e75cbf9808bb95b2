import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Export, pageOf } from "../parts/Export.tsx"
import { useGiven } from "../parts/Filters.tsx"
import { times } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { SourceFilter } from "../parts/SourceFilter.tsx"
import { SourceName } from "../parts/SourceName.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { ReleaseButton } from "./ReleaseButton.tsx"

export const Quarantine = () => {
  const given = useGiven("source", "after")
  const query = useApi(["quarantine", "list", JSON.stringify(given)], api.quarantine.list({ query: given }))
  const mayAct = useMayAct()
  const which = given.source === undefined ? { all: true as const } : { source: given.source }
  return (
    <Page
      title="Quarantine"
      lead="Refused deliveries, kept for a limited time. Fix the secret or the configuration, then release the deliveries that verify."
      aside={
        <div className="buttons">
          <Export name="quarantine" page={(after) => api.quarantine.list({ query: pageOf(given, after) })} />
          {mayAct && (
            <ReleaseButton
              label="Release verified"
              which={which}
              isDisabled={(query.data?.items.length ?? 0) === 0}
            />
          )}
        </div>
      }
    >
      <div className="filters">
        <SourceFilter />
      </div>
      <Pages
        label="Refused deliveries"
        query={query}
        idOf={({ id }) => id}
        hrefOf={({ id }) => `/quarantine/${id}`}
        empty={<Empty title="No deliveries in quarantine" />}
        columns={[
          { title: "Source", cell: ({ source, sender }) => <SourceName name={source} sender={sender} /> },
          { title: "Reason", cell: ({ reason }) => <code>{reason}</code> },
          { title: "Description", className: "wide", cell: ({ message }) => <Raw text={message} /> },
          { title: "Received", className: "number", cell: (delivery) => times(delivery.times) },
          { title: "Last received", cell: ({ lastAt }) => <Ago at={lastAt} /> }
        ]}
      />
    </Page>
  )
}
