import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Export, pageOf } from "../parts/Export.tsx"
import { useGiven } from "../parts/Filters.tsx"
import { times } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import type { Target } from "../parts/Selecting.tsx"
import { Empty } from "../parts/Shown.tsx"
import { SourceFilter } from "../parts/SourceFilter.tsx"
import { SourceName } from "../parts/SourceName.tsx"
import { Ago } from "../parts/time.tsx"
import { discardOf, releaseOf, type Which } from "./plans.tsx"

export const Quarantine = () => {
  const given = useGiven("source", "after")
  const query = useApi(["quarantine", "list", JSON.stringify(given)], api.quarantine.list({ query: given }))
  const { ask, question } = useQuestion()
  const whichOf = (target: Target): Which => {
    if (target !== "matching") return { ids: target }
    return given.source === undefined ? { all: true } : { source: given.source }
  }
  return (
    <Page
      title="Quarantine"
      lead="Refused deliveries, kept for a limited time. Fix the secret or the configuration, then release the deliveries that verify."
      aside={
        <Export name="quarantine" page={(after) => api.quarantine.list({ query: pageOf(given, after) })} />
      }
    >
      <div className="filters">
        <SourceFilter />
      </div>
      <Pages
        label="Refused deliveries"
        query={query}
        acts={(target) => (
          <>
            <Button onPress={() => ask(releaseOf(whichOf(target)))}>Release</Button>
            <Button onPress={() => ask(releaseOf(whichOf(target), { unverified: true }))}>
              Release unverified
            </Button>
            <Button onPress={() => ask(discardOf(whichOf(target)))}>Discard</Button>
          </>
        )}
        idOf={({ id }) => id}
        hrefOf={({ id }) => `/quarantine/${id}`}
        empty={<Empty title="No deliveries in quarantine" />}
        columns={[
          { title: "Source", cell: ({ source, sender }) => <SourceName name={source} sender={sender} /> },
          { title: "Reason", cell: ({ reason }) => <code>{reason}</code> },
          { title: "Description", className: "wide", cell: ({ message }) => <Raw text={message} /> },
          { title: "Received", className: "number", cell: (delivery) => times(delivery.times) },
          { title: "First received", cell: ({ firstAt }) => <Ago at={firstAt} /> },
          { title: "Last received", cell: ({ lastAt }) => <Ago at={lastAt} /> }
        ]}
      />
      {question}
    </Page>
  )
}
