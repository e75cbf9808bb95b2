import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import type { Invitations as Wire } from "@usher/admin"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"
import { Raw } from "../parts/Raw.tsx"

export const Member = ({ member }: { readonly member: string | null }) =>
  member === null ? <span className="muted">forgotten</span> : <Raw className="clip" text={member} />

export const InvitationTable = ({ items }: { readonly items: ReadonlyArray<Wire.Invitation> }) => (
  <Table aria-label="Invitations" className="table">
    <TableHeader>
      <Column isRowHeader className="column-wide">
        Person
      </Column>
      <Column>Status</Column>
      <Column>Live</Column>
      <Column>Source</Column>
      <Column className="number">Attempts</Column>
      <Column>Asked for</Column>
    </TableHeader>
    <TableBody>
      {items.map((invitation) => (
        <Row key={invitation.id} id={invitation.id} href={`/invitations/${invitation.id}`}>
          <Cell>
            <Member member={invitation.member} />
          </Cell>
          <Cell>
            <Status status={invitation.status} />
          </Cell>
          <Cell>
            <Raw className="mono clip clip-short" text={invitation.liveId} />
          </Cell>
          <Cell>
            <bdi>{invitation.source}</bdi>
          </Cell>
          <Cell className="number">{invitation.attempts}</Cell>
          <Cell>
            <Ago at={invitation.createdAt} />
          </Cell>
        </Row>
      ))}
    </TableBody>
  </Table>
)
