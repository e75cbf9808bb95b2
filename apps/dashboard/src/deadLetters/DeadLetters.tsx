import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import type { Invitations } from "@usher/admin"
import type { DeadLetterGroup } from "@usher/model/Counts"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { count } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { useMayAct } from "../session/session.ts"
import { useReplay } from "./replay.tsx"
import { Raw } from "../parts/Raw.tsx"

/** All of a group but its error, by which the API does not search. */
const filterOf = ({ status, spot, liveId }: DeadLetterGroup): Invitations.Filter => ({
  status: [status],
  spot,
  live: liveId
})

const hrefOf = ({ status, spot, liveId }: DeadLetterGroup) =>
  `#/invitations?${new URLSearchParams({ status, spot, live: liveId })}`

export const DeadLetters = () => {
  const query = useApi(["deadLetters", "groups"], api.deadLetters.list())
  const mayAct = useMayAct()
  const { ask, question } = useReplay()
  return (
    <Page
      title="Dead letters"
      lead="Invitations that ended without success, by cause. Mend the cause, then send them again."
      aside={
        mayAct && (query.data?.length ?? 0) > 0 ? (
          <Button onPress={() => ask({ all: true })}>Send all again</Button>
        ) : null
      }
    >
      <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
        {(groups) => (
          <div className="table-frame">
            {groups.length === 0 ? (
              <Empty title="There are no dead letters">
                Every invitation was sent, or waits for its turn.
              </Empty>
            ) : (
              <Table aria-label="Dead letters by cause" className="table">
                <TableHeader>
                  <Column isRowHeader>Cause</Column>
                  <Column>Ended as</Column>
                  <Column>Spot</Column>
                  <Column className="column-wide">Live</Column>
                  <Column className="number">Invitations</Column>
                  <Column className="actions">Look and act</Column>
                </TableHeader>
                <TableBody>
                  {groups.map((group) => (
                    <Row key={[group.status, group.error, group.spot, group.liveId].join(" ")}>
                      <Cell>
                        <code className="strong">{group.error ?? "not known"}</code>
                      </Cell>
                      <Cell>
                        <Status status={group.status} />
                      </Cell>
                      <Cell>
                        <bdi>{group.spot}</bdi>
                      </Cell>
                      <Cell>
                        <Raw className="mono clip" text={group.liveId} />
                      </Cell>
                      <Cell className="number">
                        <a href={hrefOf(group)}>{count(group.count)}</a>
                      </Cell>
                      <Cell className="actions">
                        <a href={`#/invitations/${group.newestId}`}>Newest</a>
                        {mayAct ? <Button onPress={() => ask(filterOf(group))}>Send again …</Button> : null}
                      </Cell>
                    </Row>
                  ))}
                </TableBody>
              </Table>
            )}
          </div>
        )}
      </Shown>
      {question}
    </Page>
  )
}
