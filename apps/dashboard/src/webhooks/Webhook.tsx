import { useParams } from "wouter"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Body, Headers } from "../parts/Body.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { InvitationTable } from "../invitations/InvitationTable.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { ProgressButton } from "../parts/ProgressButton.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { Raw } from "../parts/Raw.tsx"

export const Webhook = () => {
  const { id = "" } = useParams<{ id: string }>()
  const query = useApi(["webhooks", "one", id], api.webhooks.get({ params: { id } }), { fresh: true })
  const mayAct = useMayAct()
  return (
    <Page
      title="Webhook"
      aside={
        mayAct && query.data?.webhook.status === "unmappable" ? (
          <ProgressButton
            label="Map it again"
            start={() => api.replays.webhooks({ payload: { ids: [id] } })}
            stale={["webhooks", "invitations", "stats", "sources"]}
          />
        ) : null
      }
    >
      <Shown query={query}>
        {({ webhook, headers, body, verification, invitations }) => (
          <>
            <div className="card">
              <Facts>
                <Fact name="Status">
                  <Status status={webhook.status} />
                </Fact>
                <Fact name="Received">
                  <Exact at={webhook.receivedAt} />
                </Fact>
                {webhook.receivedBy === null ? null : (
                  <Fact name="Received by">
                    <bdi>{webhook.receivedBy}</bdi>
                  </Fact>
                )}
                <Fact name="Source">
                  <a href={`#/webhooks?source=${encodeURIComponent(webhook.source)}`}>
                    <bdi>{webhook.source}</bdi>
                  </a>{" "}
                  <span className="muted">{webhook.sender}</span>
                </Fact>
                <Fact name="Delivery id">
                  {webhook.deliveryId === null ? (
                    <span className="muted">none</span>
                  ) : (
                    <Raw className="mono" text={webhook.deliveryId} />
                  )}
                </Fact>
                {webhook.firstWebhookId === null ? null : (
                  <Fact name="Repeated id">
                    first received as{" "}
                    <a className="mono" href={`#/webhooks/${webhook.firstWebhookId}`}>
                      {webhook.firstWebhookId}
                    </a>
                    , with another body
                  </Fact>
                )}
                {webhook.release === null ? null : (
                  <Fact name="Released">
                    <Exact at={webhook.release.at} /> by <bdi>{webhook.release.by}</bdi>
                  </Fact>
                )}
                <Fact name="Verified by">
                  {webhook.release?.verified === false ? (
                    <Status status="unverified" />
                  ) : verification === null ? (
                    <span className="muted">its source is not configured any more</span>
                  ) : (
                    <code>{verification.scheme}</code>
                  )}
                </Fact>
                <Fact name="Lane">{webhook.lane}</Fact>
                {webhook.mappingVersion === null ? null : (
                  <Fact name="Mapping">
                    <code>{webhook.mappingVersion}</code>
                  </Fact>
                )}
                {webhook.traceId === null ? null : (
                  <Fact name="Trace">
                    <code>{webhook.traceId}</code>
                  </Fact>
                )}
              </Facts>
              {webhook.reason === null ? null : (
                <p className="reason">
                  <Raw text={webhook.reason} />{" "}
                  {webhook.status === "unmappable" ? (
                    <a href={`#/mapping?source=${encodeURIComponent(webhook.source)}`}>Try another mapping</a>
                  ) : null}
                </p>
              )}
            </div>
            <Section title="Invitations">
              <div className="table-frame">
                {invitations.length === 0 ? (
                  <Empty title="No invitation came of it">
                    {webhook.status === "received"
                      ? "It waits for its mapping."
                      : webhook.status === "held"
                        ? "Its source is paused; it is mapped once that resumes."
                        : "The reason is above."}
                  </Empty>
                ) : (
                  <InvitationTable items={invitations} />
                )}
              </div>
            </Section>
            <Section title="Body">
              <div className="card">
                <Body body={body} name={webhook.id} />
              </div>
            </Section>
            <Section title="Headers" aside={<span className="muted">without secrets and signatures</span>}>
              <div className="card">
                <Headers headers={headers} />
              </div>
            </Section>
          </>
        )}
      </Shown>
    </Page>
  )
}
