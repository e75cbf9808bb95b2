/** What is paused or failing, said first; else that nothing is. */
import type { ReactNode } from "react"
import type { Sources, Spots, Stats } from "@usher/admin"
import type { ParkedLive } from "@usher/model/Spot"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { plural } from "../parts/number.ts"
import { Trouble } from "../parts/Shown.tsx"
import { Age, Ago } from "../parts/time.tsx"

interface Concern {
  readonly key: string
  readonly tone: "bad" | "wait"
  readonly href: string
  readonly text: ReactNode
}

export const Attention = () => {
  const spots = useApi(["spots"], api.spots.list(), { everyMs: 30_000 })
  const sources = useApi(["sources"], api.sources.list(), { everyMs: 30_000 })
  const parked = useApi(["lives"], api.lives.parked(), { everyMs: 30_000 })
  const stats = useApi(["stats", "now"], api.stats.now(), { everyMs: 30_000 })

  const failed = [spots, sources, parked, stats].find(({ isError }) => isError)
  if (failed !== undefined) {
    return (
      <Trouble error={failed.error} again={() => void failed.refetch()} isStale={failed.data !== undefined} />
    )
  }
  if (
    spots.data === undefined ||
    sources.data === undefined ||
    parked.data === undefined ||
    stats.data === undefined
  ) {
    return <div className="attention waiting" role="status" aria-label="Loading" />
  }

  const concerns = [
    ...spots.data.flatMap(ofSpot),
    ...sources.data.flatMap(ofSource),
    ...ofLives(parked.data),
    ...ofStats(stats.data),
    ...ofQuarantine(sources.data)
  ]
  if (concerns.length === 0) {
    return (
      <div className="attention attention-calm" role="status">
        <p>
          <strong>All is well.</strong> Nothing is paused, nothing fails, and nobody waits longer than they
          have to.
        </p>
      </div>
    )
  }
  return (
    <section className="attention card" aria-label="What wants attention">
      <ul>
        {concerns.map(({ key, tone, href, text }) => (
          <li key={key} className={`concern tone-${tone}`}>
            <a href={href}>
              <span>{text}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const ofSpot = (spot: Spots.Spot): ReadonlyArray<Concern> => {
  if (spot.state === "active") return []
  const common = { key: `spot ${spot.name}`, href: "#/spots" }
  if (spot.state === "cooldown" || spot.state === "circuit_open") {
    const isCooling = spot.state === "cooldown"
    return [
      {
        ...common,
        tone: isCooling ? "wait" : "bad",
        text: (
          <>
            {isCooling ? "Spot " : "The circuit of Spot "}
            <bdi>{spot.name}</bdi> is {isCooling ? "in cooldown" : "open"}
            {spot.since === null ? (
              ""
            ) : (
              <>
                {" "}
                for <Age since={spot.since} />
              </>
            )}
            : {spot.reason}.
            {spot.until === null ? (
              ""
            ) : (
              <>
                {" "}
                Next call <Ago at={spot.until} />.
              </>
            )}
          </>
        )
      }
    ]
  }
  return [
    {
      ...common,
      tone: "bad",
      text: (
        <>
          Spot <bdi>{spot.name}</bdi> is paused
          {spot.since === null ? (
            ""
          ) : (
            <>
              {" "}
              for <Age since={spot.since} />
            </>
          )}
          {spot.pausedBy === "upstream" ? " because MeltingSpot does not accept its key" : ""}:{" "}
          <bdi>{spot.reason}</bdi>. {plural(spot.backlog, "invitation waits", "invitations wait")}.
        </>
      )
    }
  ]
}

const ofSource = (source: Sources.Source): ReadonlyArray<Concern> =>
  source.state === "active"
    ? []
    : [
        {
          key: `source ${source.name}`,
          tone: "wait",
          href: "#/sources",
          text: (
            <>
              Source <bdi>{source.name}</bdi> is paused
              {source.pausedAt === null ? (
                ""
              ) : (
                <>
                  {" "}
                  for <Age since={source.pausedAt} />
                </>
              )}
              {source.reason === null ? (
                ""
              ) : (
                <>
                  : <bdi>{source.reason}</bdi>
                </>
              )}
              . It holds {plural(source.held, "webhook")}.
            </>
          )
        }
      ]

const ofQuarantine = (sources: ReadonlyArray<Sources.Source>): ReadonlyArray<Concern> => {
  const refusing = sources.filter(({ quarantined }) => quarantined > 0)
  const refused = refusing.reduce((sum, { quarantined }) => sum + quarantined, 0)
  if (refused === 0) return []
  return [
    {
      key: "quarantine",
      tone: "bad",
      href: "#/quarantine",
      text: (
        <>
          {plural(refused, "delivery was refused and is", "deliveries were refused and are")} kept in
          quarantine, to <bdi>{refusing.map(({ name }) => name).join(", ")}</bdi>.
        </>
      )
    }
  ]
}

const ofLives = (parked: ReadonlyArray<ParkedLive>): ReadonlyArray<Concern> =>
  parked.map(({ spot, liveId, until }) => ({
    key: `live ${spot} ${liveId}`,
    tone: "bad",
    href: "#/spots",
    text: (
      <>
        MeltingSpot does not know the Live <code>{liveId}</code>: its invitations are parked, and one is tried
        again <Ago at={until} />.
      </>
    )
  }))

const ofStats = ({ deadLetters, unmappable }: Stats.Now): ReadonlyArray<Concern> => [
  ...(deadLetters > 0
    ? [
        {
          key: "dead letters",
          tone: "bad" as const,
          href: "#/dead-letters",
          text: `${plural(deadLetters, "invitation")} ended without success.`
        }
      ]
    : []),
  ...(unmappable > 0
    ? [
        {
          key: "unmappable",
          tone: "bad" as const,
          href: "#/webhooks?status=unmappable",
          text: `No invitation could be made of ${plural(unmappable, "webhook")}.`
        }
      ]
    : [])
]
