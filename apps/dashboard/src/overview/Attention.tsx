/** What is paused or failing, said first; else that nothing is. */
import type { ReactNode } from "react"
import type { Sources, Spots, Stats } from "@usher/admin"
import type { ParkedLive } from "@usher/model/Spot"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { plural } from "../parts/number.ts"
import { Loading, Trouble } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { SourcePause } from "../sources/SourcePause.tsx"
import { SpotHold } from "../spots/SpotHold.tsx"

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
  if (!spots.data || !sources.data || !parked.data || !stats.data) return <Loading className="attention" />

  const concerns = [
    ...spots.data.flatMap(ofSpot),
    ...sources.data.flatMap(ofSource),
    ...parked.data.map(ofLive),
    ...ofStats(stats.data),
    ...ofQuarantine(sources.data)
  ]
  if (concerns.length === 0) {
    return (
      <p className="attention note tone-good" role="status">
        <strong>All is well.</strong> Nothing is paused, nothing fails, and nobody waits longer than they have
        to.
      </p>
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

const ofSpot = (spot: Spots.Spot): ReadonlyArray<Concern> =>
  spot.state === "active"
    ? []
    : [
        {
          key: `spot ${spot.name}`,
          tone: spot.state === "cooldown" ? "wait" : "bad",
          href: "#/spots",
          text: (
            <>
              <SpotHold spot={spot} /> {plural(spot.backlog, "invitation waits", "invitations wait")}.
            </>
          )
        }
      ]

const ofSource = (source: Sources.Source): ReadonlyArray<Concern> =>
  source.state === "active"
    ? []
    : [
        {
          key: `source ${source.name}`,
          tone: "wait",
          href: "#/sources",
          text: <SourcePause source={source} />
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

const ofLive = ({ spot, liveId, until }: ParkedLive): Concern => ({
  key: `live ${spot} ${liveId}`,
  tone: "bad",
  href: "#/spots",
  text: (
    <>
      MeltingSpot does not know the Live <code>{liveId}</code>: its invitations are parked, and one is tried
      again <Ago at={until} />.
    </>
  )
})

const ofStats = ({ deadLetters, unmappable }: Stats.Now): ReadonlyArray<Concern> =>
  [
    {
      count: deadLetters,
      href: "#/dead-letters",
      text: `${plural(deadLetters, "invitation")} ended without success.`
    },
    {
      count: unmappable,
      href: "#/webhooks?status=unmappable",
      text: `No invitation could be made of ${plural(unmappable, "webhook")}.`
    }
  ].flatMap(({ count, href, text }) => (count > 0 ? [{ key: href, tone: "bad" as const, href, text }] : []))
