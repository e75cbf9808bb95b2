/** How much of each window is spent, and when it would run dry. */
import { Meter } from "react-aria-components"
import { type Budget, Stats } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { count, upTo } from "../parts/number.ts"
import { Shown } from "../parts/Shown.tsx"
import { Ago, duration } from "../parts/time.tsx"
import { Status } from "../parts/Status.tsx"

export const Budgets = () => {
  const budgets = useApi(["budget"], api.budget.get(), { everyMs: 10_000 })
  return (
    <Shown query={budgets} waiting={<div className="budgets waiting" role="status" aria-label="Loading" />}>
      {(spots) => (
        <div className="budgets">
          {spots.map((budget) => (
            <SpotBudget key={budget.spot} budget={budget} />
          ))}
        </div>
      )}
    </Shown>
  )
}

const SpotBudget = ({ budget }: { readonly budget: Budget.SpotBudget }) => {
  const spots = useApi(["spots"], api.spots.list())
  const state = spots.data?.find(({ name }) => name === budget.spot)?.state
  return (
    <article className="card budget" aria-label={`Spot ${budget.spot}`}>
      <header>
        <h3>
          <bdi>{budget.spot}</bdi>
        </h3>
        {state === undefined ? null : <Status status={state} />}
      </header>
      <Gauges budget={budget} />
      <Forecast budget={budget} />
    </article>
  )
}

export const Gauges = ({ budget: { windows } }: { readonly budget: Budget.SpotBudget }) => (
  <div className="gauges">
    {windows.map((window) => (
      <Gauge key={window.windowMs} window={window} />
    ))}
  </div>
)

const windowName = (millis: number) =>
  millis === 86_400_000 ? "24 hours" : millis < 60_000 ? `${millis / 1_000} seconds` : duration(millis)

const arc = 2 * Math.PI * 40

const Gauge = ({
  window: { windowMs, calls, spent, left }
}: {
  readonly window: Budget.SpotBudget["windows"][number]
}) => {
  const share = calls === 0 ? 1 : Math.min(1, spent / calls)
  return (
    <Meter
      className="gauge"
      aria-label={`Calls in ${windowName(windowMs)}`}
      value={spent}
      maxValue={calls}
      valueLabel={`${count(spent)} of ${count(calls)} spent`}
    >
      <svg
        viewBox="0 0 100 100"
        aria-hidden="true"
        data-tone={share < 0.7 ? "good" : share < 0.95 ? "wait" : "bad"}
      >
        <circle cx="50" cy="50" r="40" className="gauge-ground" />
        <circle
          cx="50"
          cy="50"
          r="40"
          className="gauge-value"
          strokeDasharray={`${share * arc} ${arc}`}
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

const holds = { paused: "pause", cooldown: "cooldown", circuit_open: "circuit has closed" } as const

export const Forecast = ({
  budget: { pace, spentAt, hold, clearAt, backlog }
}: {
  readonly budget: Budget.SpotBudget
}) => (
  <p className="forecast">
    {pace === 0
      ? "No calls in the last ten minutes."
      : `${count(Math.round(pace))} calls an hour at this pace`}
    {spentAt !== null ? (
      <>
        : the day&rsquo;s budget would be spent <Ago at={spentAt} />.
      </>
    ) : pace === 0 ? null : (
      ", which the day's budget bears."
    )}{" "}
    {backlog === 0 ? (
      "No invitations pending."
    ) : (
      <>
        {upTo(backlog, Stats.maxCounted)} {backlog === 1 ? "invitation" : "invitations"} pending.{" "}
        {hold?.state === "paused" || clearAt === null ? (
          "Nothing is sent while the Spot is paused."
        ) : (
          <>
            Estimated completion{hold === null ? "" : `, after the ${holds[hold.state]}`}:{" "}
            <Ago at={clearAt} />.
          </>
        )}
      </>
    )}
  </p>
)
