import { Cell, Column, Row, Table, TableBody, TableHeader } from "react-aria-components"
import { useParams } from "wouter"
import type { Invitations as Wire } from "@usher/admin"
import { DeadLetterStatus, type InvitationStatus } from "@usher/model/Invitation"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { LongText } from "../parts/JsonTree.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Story } from "../parts/Story.tsx"
import { Ago, duration, Exact } from "../parts/time.tsx"
import { personPath } from "../people/path.ts"
import { useMayAct } from "../session/session.ts"
import { useReplay } from "../deadLetters/replay.tsx"
import { Member } from "./InvitationTable.tsx"
import { Raw } from "../parts/Raw.tsx"

/** It has an end, but for the good ones it is not sent again by a press. */
const canBeSentAgain: ReadonlySet<InvitationStatus> = new Set([
  ...DeadLetterStatus.literals,
  "expired",
  "cancelled"
])

export const Invitation = () => {
  const { id = "" } = useParams<{ id: string }>()
  const query = useApi(["invitations", "one", id], api.invitations.get({ params: { id } }), { fresh: true })
  const mayAct = useMayAct()
  const { ask, question } = useReplay()
  const status = query.data?.invitation.status
  return (
    <Page
      title="Invitation"
      aside={
        mayAct && status !== undefined && canBeSentAgain.has(status) ? (
          <Button onPress={() => ask({ ids: [id], status: [status] })}>Send it again</Button>
        ) : null
      }
    >
      <Shown query={query}>
        {({ invitation, attempts, story }) => (
          <>
            <div className="card">
              <Facts>
                <Fact name="Person">
                  {invitation.member === null ? (
                    <Member member={null} />
                  ) : (
                    <a href={`#${personPath(invitation.member)}`}>
                      <Member member={invitation.member} />
                    </a>
                  )}
                </Fact>
                <Fact name="Status">
                  <Status status={invitation.status} />
                </Fact>
                <Fact name="Live">
                  <Raw className="mono" text={invitation.liveId} />
                </Fact>
                <Fact name="Spot">
                  <bdi>{invitation.spot}</bdi>
                </Fact>
                <Fact name="Asked for">
                  <Exact at={invitation.createdAt} />
                </Fact>
                {invitation.settledAt === null ? (
                  <Fact name="Due">
                    <Ago at={invitation.dueAt} />
                  </Fact>
                ) : (
                  <Fact name="Ended">
                    <Exact at={invitation.settledAt} />
                  </Fact>
                )}
                {invitation.expiresAt === null ? null : (
                  <Fact name="Expires">
                    <Ago at={invitation.expiresAt} />
                  </Fact>
                )}
                <Fact name="Lane">{invitation.lane}</Fact>
                <Fact name="Mail by MeltingSpot">
                  {invitation.withEmailNotification === undefined
                    ? "not said"
                    : invitation.withEmailNotification
                      ? "yes"
                      : "no"}
                </Fact>
                {invitation.invitedBySpotMemberId === undefined ? null : (
                  <Fact name="Invited by">
                    <bdi>{invitation.invitedBySpotMemberId}</bdi>
                  </Fact>
                )}
                {invitation.lastError === null ? null : (
                  <Fact name="Last error">
                    <code>{invitation.lastError}</code>
                  </Fact>
                )}
                {invitation.traceId === null ? null : (
                  <Fact name="Trace">
                    <code>{invitation.traceId}</code>
                  </Fact>
                )}
              </Facts>
            </div>
            <Section title="Story">
              <div className="card">
                <Story story={story} invitationId={invitation.id} />
              </div>
            </Section>
            <Section title="Attempts">
              <div className="table-frame">
                {attempts.length === 0 ? (
                  <Empty title="It was not tried yet" />
                ) : (
                  <AttemptTable attempts={attempts} />
                )}
              </div>
            </Section>
          </>
        )}
      </Shown>
      {question}
    </Page>
  )
}

const AttemptTable = ({ attempts }: { readonly attempts: ReadonlyArray<Wire.Attempt> }) => (
  <Table aria-label="Attempts" className="table">
    <TableHeader>
      <Column isRowHeader className="number">
        Number
      </Column>
      <Column>Started</Column>
      <Column className="number">Took</Column>
      <Column className="number">Answer</Column>
      <Column className="column-wide">What it meant</Column>
    </TableHeader>
    <TableBody>
      {attempts.map((attempt) => (
        <Row key={attempt.number} id={attempt.number}>
          <Cell className="number">{attempt.number}</Cell>
          <Cell>
            <Exact at={attempt.startedAt} />
          </Cell>
          <Cell className="number">{duration(attempt.durationMs)}</Cell>
          <Cell className="number">{attempt.upstreamStatus ?? "none"}</Cell>
          <Cell>
            {attempt.error === null ? (
              attempt.participantId === null ? (
                "Accepted"
              ) : (
                <>
                  Participant <code>{attempt.participantId}</code>
                </>
              )
            ) : (
              <>
                <code>{attempt.error.tag}</code> <Raw text={attempt.error.message} />
              </>
            )}
            {attempt.answer === null ? null : (
              <pre className="answer">
                <LongText text={attempt.answer} />
              </pre>
            )}
          </Cell>
        </Row>
      ))}
    </TableBody>
  </Table>
)
