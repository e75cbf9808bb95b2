import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import type { Webhooks as Wire } from "@usher/admin"
import { WebhookStatus } from "@usher/model/Webhook"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import {
  SourceFilter,
  StatusFilter,
  TextFilter,
  TimeFilter,
  useGiven,
  useStatuses,
  useTimes
} from "../parts/Filters.tsx"
import { bytes } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"
import { Raw } from "../parts/Raw.tsx"

const statuses = WebhookStatus.literals

export const Webhooks = () => {
  const payload = {
    ...useGiven("source", "person", "live", "text", "after"),
    ...useStatuses(statuses),
    ...useTimes()
  }
  const query = useApi(["webhooks", "search", JSON.stringify(payload)], api.webhooks.search({ payload }))
  return (
    <Page
      title="Webhooks"
      lead="Accepted deliveries, newest first. Each was verified, unless an operator released it from quarantine unverified."
    >
      <div className="filters">
        <TextFilter label="Person" name="person" placeholder="Address or member id" />
        <TextFilter label="Text in the body" name="text" />
        <TextFilter label="Live" name="live" placeholder="Id" />
        <SourceFilter />
        <TimeFilter />
        <StatusFilter statuses={statuses} />
      </div>
      <Pages
        query={query}
        empty={
          <Empty title="No webhook is like that">
            Take something away from what you look for, or look whether it was refused: those are in{" "}
            <a href="#/quarantine">quarantine</a>.
          </Empty>
        }
      >
        {(items) => <WebhookTable items={items} />}
      </Pages>
    </Page>
  )
}

const WebhookTable = ({ items }: { readonly items: ReadonlyArray<Wire.Webhook> }) => (
  <Table aria-label="Webhooks" className="table">
    <TableHeader>
      <Column isRowHeader className="column-wide">
        Delivery
      </Column>
      <Column>Source</Column>
      <Column>Status</Column>
      <Column className="column-wide">Why</Column>
      <Column className="number">Size</Column>
      <Column>Received</Column>
    </TableHeader>
    <TableBody>
      {items.map((webhook) => (
        <Row key={webhook.id} id={webhook.id} href={`/webhooks/${webhook.id}`}>
          <Cell>
            <Raw className="mono clip" text={webhook.deliveryId ?? webhook.id} />
            {webhook.firstWebhookId === null ? null : <span className="muted"> repeated id</span>}
          </Cell>
          <Cell>
            <bdi>{webhook.source}</bdi>
          </Cell>
          <Cell>
            <Status status={webhook.status} />
            {webhook.release?.verified === false ? (
              <>
                {" "}
                <Status status="unverified" />
              </>
            ) : null}
          </Cell>
          <Cell>
            <Raw className="clip muted" text={webhook.reason ?? ""} />
          </Cell>
          <Cell className="number">{bytes(webhook.size)}</Cell>
          <Cell>
            <Ago at={webhook.receivedAt} />
          </Cell>
        </Row>
      ))}
    </TableBody>
  </Table>
)
