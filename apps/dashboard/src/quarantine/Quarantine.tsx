import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import type { Quarantine as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { SourceFilter, useGiven } from "../parts/Filters.tsx"
import { count } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { ReleaseButton } from "./ReleaseButton.tsx"
import { Raw } from "../parts/Raw.tsx"

export const Quarantine = () => {
  const given = useGiven("source", "after")
  const query = useApi(["quarantine", "list", JSON.stringify(given)], api.quarantine.list({ query: given }))
  const mayAct = useMayAct()
  const which = given.source === undefined ? { all: true as const } : { source: given.source }
  return (
    <Page
      title="Quarantine"
      lead="Refused deliveries, kept for a limited time. Correct the secret or the configuration, then release those that verify."
      aside={
        mayAct ? (
          <ReleaseButton
            label="Release verified"
            which={which}
            isDisabled={(query.data?.items.length ?? 0) === 0}
          />
        ) : null
      }
    >
      <div className="filters">
        <SourceFilter />
      </div>
      <Pages
        query={query}
        empty={<Empty title="No deliveries in quarantine">No refused delivery is kept.</Empty>}
      >
        {(items) => <DeliveryTable items={items} />}
      </Pages>
    </Page>
  )
}

const DeliveryTable = ({ items }: { readonly items: ReadonlyArray<Wire.Quarantined> }) => (
  <Table aria-label="Refused deliveries" className="table">
    <TableHeader>
      <Column isRowHeader>Source</Column>
      <Column>Refused for</Column>
      <Column className="column-wide">Meaning</Column>
      <Column className="number">Received</Column>
      <Column>Last received</Column>
    </TableHeader>
    <TableBody>
      {items.map((delivery) => (
        <Row key={delivery.id} id={delivery.id} href={`/quarantine/${delivery.id}`}>
          <Cell>
            <bdi className="strong">{delivery.source}</bdi> <span className="muted">{delivery.sender}</span>
          </Cell>
          <Cell>
            <code>{delivery.reason}</code>
          </Cell>
          <Cell>
            <Raw text={delivery.message} />
          </Cell>
          <Cell className="number">{delivery.times === 1 ? "once" : `${count(delivery.times)} times`}</Cell>
          <Cell>
            <Ago at={delivery.lastAt} />
          </Cell>
        </Row>
      ))}
    </TableBody>
  </Table>
)
