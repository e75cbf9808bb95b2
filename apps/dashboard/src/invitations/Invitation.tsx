import { useParams } from "wouter"
import type { Invitations as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Copyable, Trace } from "../parts/Copy.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { Facts } from "../parts/Facts.tsx"
import { LongText } from "../parts/JsonTree.tsx"
import { useTitle } from "../parts/LiveName.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Story } from "../parts/Story.tsx"
import { Ago, duration, Exact } from "../parts/time.tsx"
import { personPath } from "../people/path.ts"
import { useMayAct } from "../session/session.ts"
import { Member } from "./InvitationTable.tsx"
import { cancelOf, replayable, replayOf } from "./plans.tsx"

export const Invitation = () => {
  const { id = "" } = useParams<{ id: string }>()
  const query = useApi(["invitations", "one", id], api.invitations.get({ params: { id } }), { fresh: true })
  const mayAct = useMayAct()
  const { ask, question } = useQuestion()
  const status = query.data?.invitation.status
  return (
    <Page
      title="Invitation"
      aside={
        mayAct &&
        status !== undefined &&
        (status === "pending" ? (
          <Button onPress={() => ask(cancelOf({ ids: [id] }))}>Cancel</Button>
        ) : (
          replayable.includes(status) && (
            <Button onPress={() => ask(replayOf({ ids: [id], status: [status] }))}>Replay</Button>
          )
        ))
      }
    >
      <Shown query={query}>
        {({ invitation, attempts, story }) => (
          <>
            <div className="card">
              <InvitationFacts invitation={invitation} />
            </div>
            <Section title="History" isCard>
              <Story story={story} invitationId={id} />
            </Section>
            <Section title="Attempts">
              <DataTable
                label="Attempts"
                items={attempts}
                idOf={({ number }) => String(number)}
                empty={<Empty title="No attempts yet" />}
                columns={[
                  { title: "Number", className: "number", cell: ({ number }) => number },
                  { title: "Started", cell: ({ startedAt }) => <Exact at={startedAt} /> },
                  { title: "Duration", className: "number", cell: ({ durationMs }) => duration(durationMs) },
                  {
                    title: "Status",
                    className: "number",
                    cell: ({ upstreamStatus }) => upstreamStatus ?? "none"
                  },
                  {
                    title: "Result",
                    className: "wide",
                    cell: (attempt) => <Outcome attempt={attempt} />
                  }
                ]}
              />
            </Section>
          </>
        )}
      </Shown>
      {question}
    </Page>
  )
}

const InvitationFacts = ({ invitation }: { readonly invitation: Wire.Invitation }) => {
  const { member, settledAt, dueAt, expiresAt, withEmailNotification: mail } = invitation
  const title = useTitle(invitation)
  return (
    <Facts
      of={{
        Person:
          member === null ? (
            <Member member={null} />
          ) : (
            <Copyable text={member} what="person">
              <a href={`#${personPath(member)}`}>
                <Member member={member} />
              </a>
            </Copyable>
          ),
        Status: <Status status={invitation.status} />,
        Id: (
          <Copyable text={invitation.id} what="invitation id">
            <code>{invitation.id}</code>
          </Copyable>
        ),
        Live: (
          <>
            {title !== null && <Raw text={title} />}{" "}
            <Copyable text={invitation.liveId} what="Live id">
              <Raw className="mono" text={invitation.liveId} />
            </Copyable>
          </>
        ),
        Spot: <bdi>{invitation.spot}</bdi>,
        Requested: <Exact at={invitation.createdAt} />,
        Due: settledAt === null ? <Ago at={dueAt} /> : null,
        Finished: settledAt && <Exact at={settledAt} />,
        "Canceled by": invitation.cancelledBy && <bdi>{invitation.cancelledBy}</bdi>,
        Expires:
          expiresAt !== null ? <Ago at={expiresAt} /> : invitation.liveDeadline && "when its Live begins",
        Lane: invitation.lane,
        "Email notification": mail === undefined ? "not set" : mail ? "yes" : "no",
        "Invited by": invitation.invitedBySpotMemberId && <bdi>{invitation.invitedBySpotMemberId}</bdi>,
        "Last error": invitation.lastError && <code>{invitation.lastError}</code>,
        Trace: invitation.traceId && <Trace id={invitation.traceId} />
      }}
    />
  )
}

const Outcome = ({ attempt: { error, participantId, answer } }: { readonly attempt: Wire.Attempt }) => (
  <>
    {error !== null ? (
      <>
        <code>{error.tag}</code> <Raw text={error.message} />
      </>
    ) : participantId === null ? (
      "Accepted"
    ) : (
      <>
        Participant <code>{participantId}</code>
      </>
    )}
    {answer !== null && (
      <pre className="answer">
        <LongText text={answer} />
      </pre>
    )}
  </>
)
