import type { Invitations as Wire } from "@usher/admin"
import type { ReactNode } from "react"
import { DataTable, type TableOf } from "../parts/DataTable.tsx"
import { LiveName } from "../parts/LiveName.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"

export const Member = ({ member }: { readonly member: string | null }) =>
  member === null ? <span className="muted">forgotten</span> : <Raw className="clip" text={member} />

export const table: TableOf<Wire.Invitation> = {
  label: "Invitations",
  idOf: ({ id }) => id,
  hrefOf: ({ id }) => `/invitations/${id}`,
  columns: [
    { title: "Person", cell: ({ member }) => <Member member={member} /> },
    { title: "Status", cell: ({ status }) => <Status status={status} /> },
    { title: "Live", cell: ({ spot, liveId }) => <LiveName spot={spot} liveId={liveId} /> },
    { title: "Source", cell: ({ source }) => <bdi>{source}</bdi> },
    { title: "Attempts", className: "number", cell: ({ attempts }) => attempts },
    { title: "Requested", cell: ({ createdAt }) => <Ago at={createdAt} /> }
  ]
}

interface Props {
  readonly items: ReadonlyArray<Wire.Invitation>
  readonly empty: ReactNode
}

export const InvitationTable = (props: Props) => <DataTable {...table} {...props} />
