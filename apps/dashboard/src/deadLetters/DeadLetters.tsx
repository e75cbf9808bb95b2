import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { Export, wholeOf } from "../parts/Export.tsx"
import { count } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { useMayAct } from "../session/session.ts"
import { useReplay } from "./replay.tsx"

export const DeadLetters = () => {
  const query = useApi(["deadLetters", "groups"], api.deadLetters.list())
  const mayAct = useMayAct()
  const { ask, question } = useReplay()
  return (
    <Page
      title="Dead letters"
      lead="Failed invitations, grouped by cause. Fix the cause, then replay them."
      aside={
        <div className="buttons">
          <Export name="dead-letters" page={() => wholeOf(api.deadLetters.list())} />
          {mayAct && (query.data?.length ?? 0) > 0 && (
            <Button onPress={() => ask({ all: true })}>Replay all</Button>
          )}
        </div>
      }
    >
      <Shown query={query} waiting="rows">
        {(groups) => (
          <DataTable
            label="Dead letters by cause"
            items={groups}
            idOf={({ status, error, spot, liveId }) => [status, error, spot, liveId].join(" ")}
            empty={<Empty title="No dead letters">Every invitation was sent or is pending.</Empty>}
            columns={[
              { title: "Cause", cell: ({ error }) => <code className="strong">{error ?? "unknown"}</code> },
              { title: "Status", cell: ({ status }) => <Status status={status} /> },
              { title: "Spot", cell: ({ spot }) => <bdi>{spot}</bdi> },
              {
                title: "Live",
                className: "wide",
                cell: ({ liveId }) => <Raw className="mono clip" text={liveId} />
              },
              {
                title: "Invitations",
                className: "number",
                cell: ({ status, spot, liveId, count: size }) => (
                  <a href={`#/invitations?${new URLSearchParams({ status, spot, live: liveId })}`}>
                    {count(size)}
                  </a>
                )
              },
              {
                title: "Actions",
                className: "actions",
                // The API has no filter by error, so this replays other causes of the Live, too.
                cell: ({ status, spot, liveId, newestId }) => (
                  <>
                    <a href={`#/invitations/${newestId}`}>Newest</a>
                    {mayAct && (
                      <Button onPress={() => ask({ status: [status], spot, live: liveId })}>Replay</Button>
                    )}
                  </>
                )
              }
            ]}
          />
        )}
      </Shown>
      {question}
    </Page>
  )
}
