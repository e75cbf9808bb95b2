import { useParams } from "wouter"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { navigate } from "../location.ts"
import { Body, Headers } from "../parts/Body.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { count } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { DiscardButton, ReleaseButton } from "./ReleaseButton.tsx"
import { Raw } from "../parts/Raw.tsx"

export const Delivery = () => {
  const { id = "" } = useParams<{ id: string }>()
  const query = useApi(["quarantine", "one", id], api.quarantine.get({ params: { id } }), { fresh: true })
  const mayAct = useMayAct()
  const leave = () => navigate("/quarantine")
  return (
    <Page
      title="Refused delivery"
      aside={
        mayAct && query.data !== undefined ? (
          <div className="buttons">
            <DiscardButton which={{ ids: [id] }} then={leave} />
            {query.data.verifies ? (
              <ReleaseButton label="Release" which={{ ids: [id] }} then={leave} />
            ) : (
              <ReleaseButton label="Release unverified" which={{ ids: [id] }} unverified then={leave} />
            )}
          </div>
        ) : null
      }
    >
      <Shown query={query}>
        {({ delivery, verifies, refusal, findings, untried, headers, body }) => (
          <>
            <div className="card">
              <p className={`reason ${verifies ? "reason-good" : ""}`}>
                {verifies ? (
                  <>
                    <strong>It verifies now.</strong> It was refused because: <Raw text={delivery.message} />
                  </>
                ) : (
                  <>
                    <strong>It does not verify.</strong> <Raw text={refusal?.message ?? delivery.message} />
                  </>
                )}
              </p>
              <Facts>
                <Fact name="Source">
                  <bdi>{delivery.source}</bdi> <span className="muted">{delivery.sender}</span>
                </Fact>
                <Fact name="Refused for">
                  <code>{delivery.reason}</code>
                </Fact>
                <Fact name="First received">
                  <Exact at={delivery.firstAt} />
                </Fact>
                <Fact name="Last received">
                  <Exact at={delivery.lastAt} />
                </Fact>
                <Fact name="Received">
                  {delivery.times === 1 ? "once" : `${count(delivery.times)} times`}
                </Fact>
              </Facts>
            </div>
            <Section title="Diagnosis">
              <div className="card">
                {untried === null ? null : <p>{untried}</p>}
                {findings.length === 0 ? (
                  untried === null ? (
                    <Empty title="No explanation found: the secret is most likely another one" />
                  ) : null
                ) : (
                  <ol className="findings">
                    {findings.map(({ finding, sentence }) => (
                      <li key={finding}>
                        <Raw text={sentence} /> <code className="muted">{finding}</code>
                      </li>
                    ))}
                  </ol>
                )}
              </div>
            </Section>
            <Section title="Body">
              <div className="card">
                <Body body={body} name={delivery.id} />
              </div>
            </Section>
            <Section title="Headers" aside={<span className="muted">secrets and signatures are masked</span>}>
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
