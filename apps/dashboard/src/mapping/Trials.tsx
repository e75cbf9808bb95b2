import { Mapping as Wire } from "@usher/admin"
import { DataTable } from "../parts/DataTable.tsx"
import { LiveName } from "../parts/LiveName.tsx"
import { count } from "../parts/number.ts"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"

/** The most rows of the table. The totals count all webhooks. */
const maxRows = 100

/** The result is the same, but its reason is another one. */
export const isOtherReason = ({ verdict, before, after, appears, disappears }: Wire.Trial): boolean =>
  verdict === "differs" && before === after && appears.length + disappears.length === 0

interface TrialsProps {
  readonly trials: ReadonlyArray<Wire.Trial>
  readonly spot: string
}

/** The webhooks with a change, newest first. */
export const Trials = ({ trials, spot }: TrialsProps) => {
  const changed = trials.filter(({ verdict }) => verdict !== "same")
  return (
    <>
      {changed.length > maxRows && (
        <p className="hint">
          The newest {maxRows} of {count(changed.length)} webhooks with a change:
        </p>
      )}
      <Table trials={changed.slice(0, maxRows)} spot={spot} />
    </>
  )
}

const Table = ({ trials, spot }: TrialsProps) => (
  <DataTable
    label="Mapping preview"
    items={trials}
    idOf={({ webhookId }) => webhookId}
    hrefOf={({ webhookId }) => `/webhooks/${webhookId}`}
    empty={<Empty title="No changes" />}
    columns={[
      { title: "Webhook", cell: ({ webhookId }) => <Raw className="mono clip" text={webhookId} /> },
      { title: "Received", cell: ({ receivedAt }) => <Ago at={receivedAt} /> },
      {
        title: "Result",
        cell: (trial) => <Status status={isOtherReason(trial) ? "other_reason" : trial.verdict} />
      },
      { title: "Current", cell: ({ before }) => <bdi>{before}</bdi> },
      {
        title: "Preview",
        className: "wide",
        cell: ({ after, reason, ...invitations }) => (
          <>
            <bdi>{after}</bdi>
            {reason !== null && (
              <p className="field-error">
                <Raw text={reason} />
              </p>
            )}
            <Changes spot={spot} {...invitations} />
          </>
        )
      }
    ]}
  />
)

interface ChangesProps extends Pick<Wire.Trial, "appears" | "disappears"> {
  readonly spot: string
}

const Changes = ({ spot, ...trial }: ChangesProps) => (
  <ul className="changes">
    {Wire.changesIn(trial).map(({ key, before, after }) => {
      const { member, liveId } = after ?? before
      return (
        <li key={key} className={after === undefined ? "disappears" : before ? "differs" : "appears"}>
          <Raw text={member} /> <span className="muted">to</span>{" "}
          <LiveName className="" spot={spot} liveId={liveId} />
          {before && after && (
            <>
              : <Raw text={Wire.changesOf(before, after).join(", ")} />
            </>
          )}
        </li>
      )
    })}
  </ul>
)
