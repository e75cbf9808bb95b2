import { Budget as Budgets, type Spots as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Budget, stateOf } from "../overview/Budgets.tsx"
import { Export, wholeOf } from "../parts/Export.tsx"
import { Facts } from "../parts/Facts.tsx"
import { capped } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { PauseControls } from "../parts/PauseControls.tsx"
import { Shown } from "../parts/Shown.tsx"
import { StateCard } from "../parts/StateCard.tsx"
import { Until } from "../parts/time.tsx"
import { ParkedLives } from "./ParkedLives.tsx"
import { SpotHold } from "./SpotHold.tsx"

export const Spots = () => {
  const query = useApi(["spots"], api.spots.list(), { everyMs: 15_000 })
  return (
    <Page
      title="Spots"
      lead="MeltingSpot workspaces that receive the invitations. Each has its own key and budget."
      aside={<Export name="spots" page={() => wholeOf(api.spots.list())} />}
    >
      <Shown query={query} waiting="rows">
        {(spots) => (
          <div className="cards">
            {spots.map((spot) => (
              <SpotCard key={spot.name} spot={spot} />
            ))}
          </div>
        )}
      </Shown>
      <Section
        title="Parked Lives"
        aside={<Export name="parked-lives" page={() => wholeOf(api.lives.parked())} />}
      >
        <ParkedLives />
      </Section>
    </Page>
  )
}

const SpotCard = ({ spot }: { readonly spot: Wire.Spot }) => {
  const budgets = useApi(["budget"], api.budget.get(), { everyMs: 10_000 })
  const { name, state, nextDueAt } = spot
  const budget = budgets.data?.find((budget) => budget.spot === name)
  const shownState = stateOf(state, budget)
  const roomAt = shownState === "budget_spent" && budget ? Budgets.roomAt(budget) : null
  return (
    <StateCard kind="Spot" name={name} state={shownState} level={2}>
      {spot.reason !== null && (
        <p className="note tone-wait">
          <SpotHold spot={spot} />
        </p>
      )}
      <Facts
        of={{
          Pending: (
            <a href={`#/invitations?status=pending,sending&spot=${encodeURIComponent(name)}`}>
              {capped(spot.backlog)}
            </a>
          ),
          ...(roomAt === null
            ? { "Next due": nextDueAt ? <Until at={nextDueAt} /> : <span className="muted">none</span> }
            : { "Next call": <Until at={roomAt} /> })
        }}
      />
      {budget && <Budget budget={budget} />}
      <PauseControls
        name={name}
        isPaused={state === "paused"}
        isHeld={state === "cooldown" || state === "circuit_open"}
        pause={(reason) => api.spots.pause({ params: { name }, payload: { reason } })}
        resume={() => api.spots.resume({ params: { name } })}
        stale={["spots", "budget", "stats"]}
        meaning="The relay sends nothing to the Spot until you resume it. It still accepts and maps webhooks, and their invitations stay pending."
      />
    </StateCard>
  )
}
