import { mappedAgainAt } from "@usher/model/Webhook"
import { useParams } from "wouter"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { InvitationTable } from "../invitations/InvitationTable.tsx"
import { Button } from "../parts/Button.tsx"
import { Content } from "../parts/Content.tsx"
import { Copyable, Trace } from "../parts/Copy.tsx"
import { Facts } from "../parts/Facts.tsx"
import { Page, Section } from "../parts/Page.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { SourceName } from "../parts/SourceName.tsx"
import { Status } from "../parts/Status.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { remapOf, remappable } from "./plans.tsx"

/** The source of people that an operator imported. */
const imported = "import"

export const Webhook = () => {
  const { id = "" } = useParams<{ id: string }>()
  const query = useApi(["webhooks", "one", id], api.webhooks.get({ params: { id } }), { fresh: true })
  const mayAct = useMayAct()
  const { ask, question } = useQuestion()
  const status = query.data?.webhook.status
  return (
    <Page
      title="Webhook"
      aside={
        mayAct &&
        status !== undefined &&
        remappable.includes(status) && (
          <Button onPress={() => ask(remapOf({ ids: [id], status: [status] }))}>Map again</Button>
        )
      }
    >
      {question}
      <Shown query={query}>
        {({ webhook, headers, body, verification, invitations }) => (
          <>
            <div className="card">
              <Facts
                of={{
                  Status: <Status status={webhook.status} />,
                  Received: <Exact at={webhook.receivedAt} />,
                  "Received by": webhook.receivedBy && <bdi>{webhook.receivedBy}</bdi>,
                  Source: (
                    <a href={`#/webhooks?source=${encodeURIComponent(webhook.source)}`}>
                      <SourceName name={webhook.source} sender={webhook.sender} />
                    </a>
                  ),
                  Id: (
                    <Copyable text={id} what="webhook id">
                      <code>{id}</code>
                    </Copyable>
                  ),
                  "Delivery id": webhook.deliveryId && (
                    <Copyable text={webhook.deliveryId} what="delivery id">
                      <Raw className="mono" text={webhook.deliveryId} />
                    </Copyable>
                  ),
                  "Reused id": webhook.firstWebhookId && (
                    <>
                      first received as{" "}
                      <a className="mono" href={`#/webhooks/${webhook.firstWebhookId}`}>
                        {webhook.firstWebhookId}
                      </a>
                      with a different body
                    </>
                  ),
                  Released: webhook.release && (
                    <>
                      <Exact at={webhook.release.at} /> by <bdi>{webhook.release.by}</bdi>
                    </>
                  ),
                  Verification:
                    webhook.release?.verified === false ? (
                      <Status status="unverified" />
                    ) : webhook.source === imported ? (
                      "imported by an operator, no signature"
                    ) : verification === null ? (
                      <span className="muted">source no longer configured</span>
                    ) : (
                      <code>{verification.scheme}</code>
                    ),
                  Lane: webhook.lane,
                  Mapped: webhook.mappedAt && (
                    <>
                      {mappedAgainAt(webhook) && "again "}
                      <Exact at={webhook.mappedAt} />
                    </>
                  ),
                  Mapping: webhook.mappingVersion && <code>{webhook.mappingVersion}</code>,
                  Trace: webhook.traceId && <Trace id={webhook.traceId} />
                }}
              />
              {webhook.reason !== null && (
                <p className="note tone-wait">
                  <Raw text={webhook.reason} />{" "}
                  {webhook.status === "unmappable" && (
                    <a href={`#/mapping?source=${encodeURIComponent(webhook.source)}&status=unmappable`}>
                      Try another mapping
                    </a>
                  )}
                </p>
              )}
            </div>
            <Section title="Invitations">
              <InvitationTable
                items={invitations}
                empty={
                  <Empty title="No invitations">
                    {webhook.status === "received"
                      ? "The relay has not mapped the webhook yet."
                      : webhook.status === "held"
                        ? "The source is paused. The relay maps the webhook after it resumes."
                        : "See the reason above."}
                  </Empty>
                }
              />
            </Section>
            <Content body={body} headers={headers} masked="Secrets and signatures are removed" name={id} />
          </>
        )}
      </Shown>
    </Page>
  )
}
