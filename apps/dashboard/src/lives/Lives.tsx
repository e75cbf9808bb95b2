import type { Lives as Wire } from "@usher/admin"
import type { InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useGiven } from "../parts/Filters.tsx"
import { count } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Ago, Until } from "../parts/time.tsx"

export const Lives = () => {
  const given = useGiven("after")
  const query = useApi(["lives", "list", JSON.stringify(given)], api.lives.list({ query: given }), {
    everyMs: 10_000
  })
  return (
    <Page
      title="Lives"
      lead="All Lives with invitations, the latest beginning first. Titles and beginnings come from MeltingSpot."
    >
      <Pages
        label="Lives"
        query={query}
        idOf={({ spot, liveId }) => `${spot} ${liveId}`}
        empty={<Empty title="No Lives yet">A Live appears here with its first invitation.</Empty>}
        columns={[
          { title: "Live", className: "wide", cell: (live) => <Name {...live} /> },
          {
            title: "Begins",
            cell: ({ startsAt }) => (startsAt === null ? "unknown" : <Ago at={startsAt} />)
          },
          { title: "Sent in time?", cell: (live) => <Outlook {...live} /> },
          { title: "Requested", className: "number", cell: (live) => count(live.requested) },
          { title: "Sent", className: "number", cell: ({ sent }) => count(sent) },
          {
            title: "Waiting",
            className: "number",
            cell: (live) => <Count live={live} count={live.waiting} status={["pending", "sending"]} />
          },
          {
            title: "Failed",
            className: "number",
            cell: (live) => <Count live={live} count={live.failed} status={["rejected", "exhausted"]} />
          },
          {
            title: "Expired or canceled",
            className: "number",
            cell: (live) => (
              <Count live={live} count={live.expired + live.cancelled} status={["expired", "cancelled"]} />
            )
          },
          {
            title: "Export",
            className: "actions",
            cell: ({ spot, liveId }) => (
              <a href={`/api/lives/export?${new URLSearchParams({ spot, liveId, which: "all" })}`} download>
                CSV
              </a>
            )
          }
        ]}
      />
    </Page>
  )
}

const Name = ({ title, liveId, spot }: Wire.Live) => (
  <>
    {title !== null && (
      <div>
        <Raw className="strong clip" text={title} />
      </div>
    )}
    <Raw className="mono clip" text={liveId} /> <small className="muted">{spot}</small>
  </>
)

const Outlook = ({ outlook, clearAt, parkedUntil, hold, failed, expired }: Wire.Live) => {
  switch (outlook) {
    case "incomplete":
      return <span className="status tone-bad">No, {count(failed + expired)} failed or expired</span>
    case "sent":
      return <span className="status tone-good">None waiting</span>
    case "in_time":
      return (
        <span className="status tone-good">
          Yes
          {clearAt && (
            <>
              , sent <Until at={clearAt} />
            </>
          )}
          {failed + expired > 0 && `, except ${count(failed + expired)} failed or expired`}
        </span>
      )
    case "late":
      return (
        <span className="status tone-bad">
          No
          {clearAt && (
            <>
              , sent <Until at={clearAt} />
            </>
          )}
        </span>
      )
    case "held":
      return (
        <span className="status tone-bad">
          {parkedUntil !== null
            ? "Live parked"
            : hold === "circuit_open"
              ? "Unknown, MeltingSpot does not answer"
              : "Spot paused"}
        </span>
      )
    case "unknown":
      return <span className="status tone-none">Unknown</span>
  }
}

interface CountProps {
  readonly live: Wire.Live
  readonly count: number
  readonly status: ReadonlyArray<InvitationStatus>
}

/** A number that leads to its invitations. */
const Count = ({ live: { spot, liveId }, count: value, status }: CountProps) => {
  if (value === 0) return 0
  const search = new URLSearchParams({ spot, live: liveId, status: status.join(",") })
  return <a href={`#/invitations?${search}`}>{count(value)}</a>
}
