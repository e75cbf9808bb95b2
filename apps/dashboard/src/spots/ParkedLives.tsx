import { api } from "../api/client.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { LiveName } from "../parts/LiveName.tsx"
import { Empty, Shown, Trouble } from "../parts/Shown.tsx"
import { Ago, Until } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"

export const ParkedLives = () => {
  const query = useApi(["lives"], api.lives.parked())
  const mayAct = useMayAct()
  const unpark = useAction(
    (payload: { readonly spot: string; readonly liveId: string }) => api.lives.unpark({ payload }),
    ["lives", "invitations", "spots", "stats"]
  )
  return (
    <>
      {unpark.isError && <Trouble error={unpark.error} />}
      <Shown query={query} waiting="rows">
        {(lives) => (
          <DataTable
            label="Parked Lives"
            items={lives}
            idOf={({ spot, liveId }) => `${spot} ${liveId}`}
            empty={<Empty title="No parked Lives">MeltingSpot knows every Live with invitations.</Empty>}
            columns={[
              {
                title: "Live",
                className: "wide",
                cell: ({ spot, liveId }) => <LiveName spot={spot} liveId={liveId} className="" />
              },
              { title: "Spot", cell: ({ spot }) => <bdi>{spot}</bdi> },
              { title: "Parked", cell: ({ since }) => <Ago at={since} /> },
              {
                title: "Next attempt",
                cell: ({ probeAt }) =>
                  probeAt === null ? "once the Spot is resumed" : <Until at={probeAt} />
              },
              {
                title: "Actions",
                className: "actions",
                cell: ({ spot, liveId }) => (
                  <>
                    <a
                      href={`#/invitations?${new URLSearchParams({ spot, live: liveId, status: "pending" })}`}
                    >
                      Pending invitations
                    </a>
                    {mayAct && (
                      <Button isPending={unpark.isPending} onPress={() => unpark.mutate({ spot, liveId })}>
                        Retry now
                      </Button>
                    )}
                  </>
                )
              }
            ]}
          />
        )}
      </Shown>
    </>
  )
}
