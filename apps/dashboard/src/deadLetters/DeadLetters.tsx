import { isPartial, maxGrouped, maxGroups } from "@usher/model/Counts"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { Export, wholeOf } from "../parts/Export.tsx"
import { LiveName } from "../parts/LiveName.tsx"
import { count } from "../parts/number.ts"
import { replayOf } from "../invitations/plans.tsx"
import { Page } from "../parts/Page.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"

export const DeadLetters = () => {
  const query = useApi(["deadLetters", "groups"], api.deadLetters.list())
  const mayAct = useMayAct()
  const { ask, question } = useQuestion()
  return (
    <Page
      title="Dead letters"
      lead="Failed invitations, grouped by cause. Fix the cause, then replay them."
      aside={
        <div className="buttons">
          <Export name="dead-letters" page={() => wholeOf(api.deadLetters.list())} />
          {mayAct && (query.data?.length ?? 0) > 0 && (
            <Button onPress={() => ask(replayOf({ all: true }))}>Replay all</Button>
          )}
        </div>
      }
    >
      <Shown query={query} waiting="rows">
        {(groups) => (
          <>
            {isPartial(groups) && (
              <p className="note">
                There may be more. This list counts the newest {count(maxGrouped)} failed invitations, and
                shows the {count(maxGroups)} largest groups.
              </p>
            )}
            <DataTable
              label="Dead letters by cause"
              items={groups}
              idOf={({ status, error, spot, liveId }) => [status, error, spot, liveId].join(" ")}
              empty={
                <Empty title="No dead letters">No invitation was rejected or ran out of attempts.</Empty>
              }
              columns={[
                {
                  title: "Cause",
                  className: "wide",
                  cell: ({ error, message }) => (
                    <>
                      <code className="strong">{error ?? "unknown"}</code>
                      {message !== null && <Raw className="cause muted" text={message} />}
                    </>
                  )
                },
                { title: "Status", cell: ({ status }) => <Status status={status} /> },
                { title: "Spot", cell: ({ spot }) => <bdi>{spot}</bdi> },
                {
                  title: "Live",
                  cell: ({ spot, liveId }) => <LiveName spot={spot} liveId={liveId} />
                },
                {
                  title: "Invitations",
                  className: "number",
                  cell: ({ status, error, spot, liveId, count: size }) => (
                    <a
                      href={`#/invitations?${new URLSearchParams({ status, spot, live: liveId, error: error ?? "none" })}`}
                    >
                      {count(size)}
                    </a>
                  )
                },
                { title: "First", cell: ({ oldestAt }) => oldestAt && <Ago at={oldestAt} /> },
                { title: "Last", cell: ({ newestAt }) => newestAt && <Ago at={newestAt} /> },
                {
                  title: "Actions",
                  className: "actions",
                  cell: ({ status, error, spot, liveId, newestId }) => (
                    <>
                      <a href={`#/invitations/${newestId}`}>Newest</a>
                      {mayAct && (
                        <Button
                          onPress={() => ask(replayOf({ status: [status], spot, live: liveId, error }))}
                        >
                          Replay
                        </Button>
                      )}
                    </>
                  )
                }
              ]}
            />
          </>
        )}
      </Shown>
      {question}
    </Page>
  )
}
