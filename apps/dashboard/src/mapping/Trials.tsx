import type { Mapping as Wire } from "@usher/admin"
import { DataTable } from "../parts/DataTable.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"

export const Trials = ({ trials }: { readonly trials: ReadonlyArray<Wire.Trial> }) => (
  <DataTable
    label="Mapping preview"
    items={trials}
    idOf={({ webhookId }) => webhookId}
    hrefOf={({ webhookId }) => `/webhooks/${webhookId}`}
    empty={<Empty title="No changes" />}
    columns={[
      { title: "Webhook", cell: ({ receivedAt }) => <Ago at={receivedAt} /> },
      { title: "Result", cell: ({ verdict }) => <Status status={verdict} /> },
      { title: "Current", cell: ({ before }) => <bdi>{before}</bdi> },
      {
        title: "Preview",
        className: "wide",
        cell: ({ verdict, after, reason, appears, disappears }) => (
          <>
            {verdict !== "same" && <bdi>{after}</bdi>}
            {reason !== null && (
              <p className="field-error">
                <Raw text={reason} />
              </p>
            )}
            <ul className="changes">
              <Changes className="appears" invitations={appears} />
              <Changes className="disappears" invitations={disappears} />
            </ul>
          </>
        )
      }
    ]}
  />
)

interface Props {
  readonly className: string
  readonly invitations: Wire.Trial["appears"]
}

const Changes = ({ className, invitations }: Props) =>
  invitations.map(({ member, liveId }) => (
    <li key={`${member} ${liveId}`} className={className}>
      <Raw text={member} /> <span className="muted">to</span> <Raw className="mono" text={liveId} />
    </li>
  ))
