import { Problem } from "@usher/admin"
import { useState } from "react"
import { useParams } from "wouter"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { navigate } from "../location.ts"
import { Button } from "../parts/Button.tsx"
import { Content } from "../parts/Content.tsx"
import { Copyable } from "../parts/Copy.tsx"
import { Facts } from "../parts/Facts.tsx"
import { times } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { useQuestion } from "../parts/Planned.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { SourceName } from "../parts/SourceName.tsx"
import { Exact } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { discardOf, releaseOf } from "./plans.tsx"

export const Delivery = () => {
  const { id = "" } = useParams<{ id: string }>()
  const [hasLeft, setHasLeft] = useState(false)
  const { ask, question, isAsked } = useQuestion(() => hasLeft && navigate("/quarantine"))
  // An act takes the delivery out of quarantine before its result is here.
  const isOff = isAsked || hasLeft
  const query = useApi(["quarantine", "one", id], api.quarantine.get({ params: { id } }), {
    fresh: true,
    isOff
  })
  const mayAct = useMayAct()
  // Another operator, or the limit of the time, took it out of quarantine while this screen was open.
  const isGone = query.error instanceof Problem.NotFound
  const which = { ids: [id] }
  const onLeft = () => setHasLeft(true)
  return (
    <Page
      title="Refused delivery"
      aside={
        mayAct &&
        query.data !== undefined &&
        !isGone &&
        !hasLeft && (
          <div className="buttons">
            <Button variant="danger" onPress={() => ask(discardOf(which, onLeft))}>
              Discard
            </Button>
            {query.data.verifies ? (
              <Button onPress={() => ask(releaseOf(which, { onReleased: onLeft }))}>Release</Button>
            ) : (
              <Button
                variant="danger"
                onPress={() => ask(releaseOf(which, { unverified: true, onReleased: onLeft }))}
              >
                Release unverified
              </Button>
            )}
          </div>
        )
      }
    >
      <Shown query={query}>
        {({ delivery, verifies, refusal, findings, untried, headers, body }) => (
          <>
            <div className="card">
              <p className={`note tone-${verifies ? "good" : "wait"}`}>
                <strong>{verifies ? "Verifies now." : "Does not verify:"}</strong>{" "}
                {verifies && "Refused because: "}
                <Raw text={refusal?.message ?? delivery.message} />
              </p>
              <Facts
                of={{
                  Id: (
                    <Copyable text={id} what="delivery id">
                      <code>{id}</code>
                    </Copyable>
                  ),
                  Source: <SourceName name={delivery.source} sender={delivery.sender} />,
                  Reason: <code>{delivery.reason}</code>,
                  "First received": <Exact at={delivery.firstAt} />,
                  "Last received": <Exact at={delivery.lastAt} />,
                  Received: times(delivery.times)
                }}
              />
            </div>
            <Section title="Diagnosis" isCard>
              {untried !== null && <p>{untried}</p>}
              {findings.length > 0 ? (
                <ol className="findings">
                  {findings.map(({ finding, sentence }) => (
                    <li key={finding}>
                      <Raw text={sentence} /> <code className="muted">{finding}</code>
                    </li>
                  ))}
                </ol>
              ) : (
                untried === null && <Empty title="No explanation found. The secret is probably wrong." />
              )}
            </Section>
            <Content body={body} headers={headers} masked="Secrets and signatures are masked" name={id} />
          </>
        )}
      </Shown>
      {question}
    </Page>
  )
}
