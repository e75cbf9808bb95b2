import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import { api } from "../api/client.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Empty, Shown, Trouble } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { Raw } from "../parts/Raw.tsx"

export const ParkedLives = () => {
  const query = useApi(["lives"], api.lives.parked())
  const mayAct = useMayAct()
  const unpark = useAction(
    (payload: { readonly spot: string; readonly liveId: string }) => api.lives.unpark({ payload }),
    ["lives", "invitations", "spots"]
  )
  return (
    <>
      {unpark.isError ? <Trouble error={unpark.error} /> : null}
      <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
        {(lives) => (
          <div className="table-frame">
            {lives.length === 0 ? (
              <Empty title="No Live is parked">
                MeltingSpot knows every Live that somebody was invited to.
              </Empty>
            ) : (
              <Table aria-label="Parked Lives" className="table">
                <TableHeader>
                  <Column isRowHeader className="column-wide">
                    Live
                  </Column>
                  <Column>Spot</Column>
                  <Column>Since</Column>
                  <Column>Tried again</Column>
                  <Column className="actions">Look and act</Column>
                </TableHeader>
                <TableBody>
                  {lives.map(({ spot, liveId, since, until }) => (
                    <Row key={`${spot} ${liveId}`}>
                      <Cell>
                        <Raw className="mono" text={liveId} />
                      </Cell>
                      <Cell>
                        <bdi>{spot}</bdi>
                      </Cell>
                      <Cell>
                        <Ago at={since} />
                      </Cell>
                      <Cell>
                        <Ago at={until} />
                      </Cell>
                      <Cell className="actions">
                        <a
                          href={`#/invitations?${new URLSearchParams({ spot, live: liveId, status: "pending" })}`}
                        >
                          What waits
                        </a>
                        {mayAct ? (
                          <Button
                            isPending={unpark.isPending}
                            onPress={() => unpark.mutate({ spot, liveId })}
                          >
                            Try now
                          </Button>
                        ) : null}
                      </Cell>
                    </Row>
                  ))}
                </TableBody>
              </Table>
            )}
          </div>
        )}
      </Shown>
    </>
  )
}
