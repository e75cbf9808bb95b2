import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { count } from "../parts/number.ts"
import { Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"

export const SourceTable = () => {
  const sources = useApi(["sources"], api.sources.list())
  return (
    <Shown query={sources}>
      {(list) => (
        <div className="table-frame">
          <Table aria-label="Sources, in the last 24 hours" className="table">
            <TableHeader>
              <Column isRowHeader>Source</Column>
              <Column>State</Column>
              <Column className="number">Came in</Column>
              <Column className="number">Mapped</Column>
              <Column className="number">Ignored</Column>
              <Column className="number">Unmappable</Column>
              <Column className="number">Refused</Column>
              <Column>Last received</Column>
            </TableHeader>
            <TableBody>
              {list.map((source) => (
                <Row
                  key={source.name}
                  id={source.name}
                  href={`/webhooks?source=${encodeURIComponent(source.name)}`}
                >
                  <Cell>
                    <bdi className="strong">{source.name}</bdi> <span className="muted">{source.sender}</span>
                  </Cell>
                  <Cell>
                    <Status status={source.state} />
                  </Cell>
                  <Cell className="number">{count(source.counters.accepted)}</Cell>
                  <Cell className="number">{count(source.counters.mapped)}</Cell>
                  <Cell className="number">{count(source.counters.ignored)}</Cell>
                  <Cell className="number">{count(source.counters.unmappable)}</Cell>
                  <Cell className="number">{count(source.quarantined)}</Cell>
                  <Cell>{source.lastReceivedAt === null ? "never" : <Ago at={source.lastReceivedAt} />}</Cell>
                </Row>
              ))}
            </TableBody>
          </Table>
        </div>
      )}
    </Shown>
  )
}
