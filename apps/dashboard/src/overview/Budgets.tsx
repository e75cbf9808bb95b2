/** Calls made in each window of a budget, with a forecast. */
import { Meter } from "react-aria-components"
import { Budget as Wire, type Spots } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { count, plural } from "../parts/number.ts"
import { Shown } from "../parts/Shown.tsx"
import { duration, Until } from "../parts/time.tsx"
import { holdNames } from "../spots/SpotHold.tsx"
import { StateCard } from "../parts/StateCard.tsx"

/** The state of a Spot, also if it is active with a budget that is used up. */
export const stateOf = (state: Spots.Spot["state"] | undefined, budget: Wire.SpotBudget | undefined) =>
  state === "active" && budget !== undefined && Wire.roomAt(budget) !== null ? "budget_spent" : state

export const Budgets = () => {
  const budgets = useApi(["budget"], api.budget.get(), { everyMs: 10_000 })
  const spots = useApi(["spots"], api.spots.list())
  return (
    <Shown query={budgets} waiting="cards">
      {(budgets) => (
        <div className="cards">
          {budgets.map((budget) => (
            <StateCard
              key={budget.spot}
              kind="Spot"
              name={budget.spot}
              state={stateOf(spots.data?.find(({ name }) => name === budget.spot)?.state, budget)}
              level={3}
            >
              <Budget budget={budget} />
            </StateCard>
          ))}
        </div>
      )}
    </Shown>
  )
}

export const Budget = ({ budget }: { readonly budget: Wire.SpotBudget }) => (
  <>
    <div className="gauges">
      {budget.windows.map((window) => (
        <Gauge key={window.windowMs} window={window} />
      ))}
    </div>
    <Forecast budget={budget} />
  </>
)

const windowName = (millis: number) =>
  millis === 86_400_000 ? "24 hours" : millis < 60_000 ? `${millis / 1_000} seconds` : duration(millis)

const Gauge = ({ window }: { readonly window: Wire.SpotBudget["windows"][number] }) => {
  const { windowMs, calls, spent, left } = window
  const share = calls === 0 ? 1 : Math.min(1, spent / calls)
  return (
    <Meter
      className="gauge"
      aria-label={`Calls in ${windowName(windowMs)}`}
      value={spent}
      maxValue={calls}
      valueLabel={`${count(spent)} of ${count(calls)} used`}
    >
      <svg
        viewBox="0 0 100 100"
        aria-hidden="true"
        className={`tone-${share < 0.7 ? "good" : share < 0.95 ? "wait" : "bad"}`}
      >
        <circle cx="50" cy="50" r="40" className="gauge-ground" />
        <circle
          cx="50"
          cy="50"
          r="40"
          className="gauge-value"
          pathLength="1"
          strokeDasharray={`${share} 1`}
          transform="rotate(-90 50 50)"
        />
        <text x="50" y="50" textAnchor="middle" dominantBaseline="central">
          {share > 0 && share < 0.01 ? "<1" : Math.round(share * 100)}%
        </text>
      </svg>
      <span>
        <strong>{windowName(windowMs)}</strong>
        <span>
          {count(spent)} of {count(calls)} calls
        </span>
        <span className="muted">{count(left)} left</span>
      </span>
    </Meter>
  )
}

/** Whether the Spot sends nothing now. */
export const isDelayed = (budget: Wire.SpotBudget): boolean =>
  budget.hold !== null || Wire.roomAt(budget) !== null

/** Why the calls of a plan begin later: a sentence for each of these Spots that sends nothing now. */
export const Delays = ({ budgets }: { readonly budgets: ReadonlyArray<Wire.SpotBudget> | undefined }) =>
  budgets?.filter(isDelayed).map((budget) => (
    <span key={budget.spot}>
      {" "}
      <Delay budget={budget} />
    </span>
  ))

const Delay = ({ budget }: { readonly budget: Wire.SpotBudget }) => {
  const { hold, spot } = budget
  const startsAt = hold === null ? Wire.roomAt(budget) : hold.until
  return (
    <>
      {hold === null ? (
        <>
          The budget of Spot <bdi>{spot}</bdi> is used up.
        </>
      ) : (
        <>
          Spot <bdi>{spot}</bdi> {holdNames[hold.state]}: <bdi>{hold.reason}</bdi>.
        </>
      )}{" "}
      {startsAt === null ? (
        "The calls begin after that."
      ) : (
        <>
          The calls begin <Until at={startsAt} />.
        </>
      )}
    </>
  )
}

/** The delays of the calls of these Spots. */
export const SpotDelays = ({ spots }: { readonly spots: ReadonlyArray<string> }) => (
  <Delays budgets={useApi(["budget"], api.budget.get()).data?.filter(({ spot }) => spots.includes(spot))} />
)

const holds = { paused: "pause", cooldown: "cooldown", circuit_open: "circuit breaker closes" } as const

const Forecast = ({ budget }: { readonly budget: Wire.SpotBudget }) => {
  const { pace, spentAt } = budget
  const roomAt = Wire.roomAt(budget)
  return (
    <p className="forecast">
      {pace === 0 ? "No calls in the last 10 minutes" : `${count(Math.round(pace))} calls per hour`}
      {roomAt !== null ? (
        <>
          . The daily budget is used up. Next call <Until at={roomAt} />.
        </>
      ) : spentAt !== null ? (
        <>
          . At this pace, the daily budget runs out <Until at={spentAt} />.
        </>
      ) : pace === 0 ? (
        "."
      ) : (
        ", within the daily budget."
      )}{" "}
      {budget.backlog === 0 ? "No invitations pending." : <Pending budget={budget} />}
    </p>
  )
}

const Pending = ({
  budget: { hold, clearAt, backlog, sendable, later, parked, isMore }
}: {
  readonly budget: Wire.SpotBudget
}) => {
  const parts = [
    sendable > 0 ? [`${count(sendable)} due`] : [],
    later > 0 ? [`${count(later)} due later`] : [],
    parked > 0 ? [`${count(parked)} to parked Lives`] : []
  ].flat()
  return (
    <>
      {isMore && "At least "}
      {plural(backlog, "invitation")} pending: {parts.join(", ")}.{" "}
      {hold?.state === "paused"
        ? "The Spot is paused."
        : clearAt !== null && (
            <>
              {isMore ? "Earliest" : "Estimated"} completion
              {hold === null ? "" : `, after the ${holds[hold.state]}`}: <Until at={clearAt} />.
            </>
          )}
    </>
  )
}
