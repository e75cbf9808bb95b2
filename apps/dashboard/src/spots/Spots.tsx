import { type Spots as Wire, Stats } from "@usher/admin"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Forecast, Gauges } from "../overview/Budgets.tsx"
import { Button } from "../parts/Button.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { upTo } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { PauseButton } from "../parts/PauseButton.tsx"
import { Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Age, Ago } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import { ParkedLives } from "./ParkedLives.tsx"

export const Spots = () => {
  const query = useApi(["spots"], api.spots.list(), { everyMs: 15_000 })
  return (
    <Page
      title="Spots"
      lead="The MeltingSpot workspaces that invitations are sent with, each with a key and a budget."
    >
      <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
        {(spots) => (
          <div className="cards">
            {spots.map((spot) => (
              <SpotCard key={spot.name} spot={spot} />
            ))}
          </div>
        )}
      </Shown>
      <Section title="Parked Lives">
        <ParkedLives />
      </Section>
    </Page>
  )
}

const SpotCard = ({ spot }: { readonly spot: Wire.Spot }) => {
  const budgets = useApi(["budget"], api.budget.get(), { everyMs: 10_000 })
  const budget = budgets.data?.find((budget) => budget.spot === spot.name)
  return (
    <article className="card" aria-label={`Spot ${spot.name}`}>
      <header className="card-head">
        <h2>
          <bdi>{spot.name}</bdi>
        </h2>
        <Status status={spot.state} />
      </header>
      {spot.reason === null ? null : (
        <p className="reason">
          {spot.pausedBy === "upstream" ? "MeltingSpot does not accept its key: " : ""}
          <bdi>{spot.reason}</bdi>
          {spot.since === null ? (
            ""
          ) : (
            <>
              , for <Age since={spot.since} />
            </>
          )}
          {spot.until === null ? (
            ""
          ) : (
            <>
              . Next call <Ago at={spot.until} />
            </>
          )}
          .
        </p>
      )}
      <Facts>
        <Fact name="Waiting">
          <a href={`#/invitations?status=pending,sending&spot=${encodeURIComponent(spot.name)}`}>
            {upTo(spot.backlog, Stats.maxCounted)}
          </a>
        </Fact>
        <Fact name="Next one due">
          {spot.nextDueAt === null ? <span className="muted">none waits</span> : <Ago at={spot.nextDueAt} />}
        </Fact>
      </Facts>
      {budget === undefined ? null : (
        <>
          <Gauges budget={budget} />
          <Forecast budget={budget} />
        </>
      )}
      <Actions spot={spot} />
    </article>
  )
}

const Actions = ({ spot: { name, state } }: { readonly spot: Wire.Spot }) => {
  const mayAct = useMayAct()
  const pause = useAction(
    ({ name, reason }: { readonly name: string; readonly reason: string }) =>
      api.spots.pause({ params: { name }, payload: { reason } }),
    ["spots", "budget"]
  )
  const resume = useAction(() => api.spots.resume({ params: { name } }), ["spots", "budget"])
  if (!mayAct) return null
  return (
    <footer className="card-foot">
      {resume.isError ? <span className="field-error">{sentence(resume.error)}</span> : null}
      {state === "active" ? (
        <PauseButton name={name} pause={pause}>
          Nothing is sent with it until it resumes. Webhooks are accepted and mapped, and their invitations
          wait.
        </PauseButton>
      ) : (
        <Button isPending={resume.isPending} onPress={() => resume.mutate(undefined)}>
          Resume
        </Button>
      )}
    </footer>
  )
}
