/** Everything that is paused or failing. */
import type { ReactNode } from "react"
import type { Sources, Spots } from "@usher/admin"
import type { ParkedLive } from "@usher/model/Spot"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { plural } from "../parts/number.ts"
import { Loading, Trouble } from "../parts/Shown.tsx"
import { Ago } from "../parts/time.tsx"
import { SourcePause } from "../sources/SourcePause.tsx"
import { SpotHold } from "../spots/SpotHold.tsx"

interface Concern {
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

  const { deadLetters, unmappable } = stats.data
  const refusing = sources.data.filter(({ quarantined }) => quarantined > 0)
  const refused = refusing.reduce((sum, { quarantined }) => sum + quarantined, 0)
  const concerns: ReadonlyArray<Concern> = [
    ...spots.data.filter(({ state }) => state !== "active").map(ofSpot),
    ...sources.data.filter(({ state }) => state !== "active").map(ofSource),
    ...parked.data.map(ofLive),
    ...given(deadLetters, "#/dead-letters", `${plural(deadLetters, "failed invitation")} in dead letters.`),
    ...given(
      unmappable,
      "#/webhooks?status=unmappable",
      `Mapping failed for ${plural(unmappable, "webhook")}.`
    ),
    ...given(
      refused,
      "#/quarantine",
      <>
        {plural(refused, "refused delivery", "refused deliveries")} in quarantine:{" "}
        <bdi>{refusing.map(({ name }) => name).join(", ")}</bdi>.
      </>
    )
  ]
  if (concerns.length === 0) {
    return (
      <p className="attention note tone-good" role="status">
        All systems normal.
      </p>
    )
  }
  return (
    <section
      className={`attention card tone-${concerns.some(({ tone }) => tone === "bad") ? "bad" : "wait"}`}
      aria-label="Needs attention"
    >
      <ul>
        {concerns.map(({ tone, href, text }, index) => (
          <li key={index} className={`concern tone-${tone}`}>
            <a href={href}>
              <span>{text}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const given = (count: number, href: string, text: ReactNode): ReadonlyArray<Concern> =>
  count > 0 ? [{ tone: "bad", href, text }] : []

const ofSpot = (spot: Spots.Spot): Concern => ({
  tone: spot.state === "cooldown" ? "wait" : "bad",
  href: "#/spots",
  text: (
    <>
      <SpotHold spot={spot} /> {plural(spot.backlog, "invitation")} pending.
    </>
  )
})

const ofSource = (source: Sources.Source): Concern => ({
  tone: "wait",
  href: "#/sources",
  text: <SourcePause source={source} />
})

const ofLive = ({ liveId, until }: ParkedLive): Concern => ({
  tone: "bad",
  href: "#/spots",
  text: (
    <>
      Live <code>{liveId}</code> is parked because MeltingSpot does not know it. Next attempt{" "}
      <Ago at={until} />.
    </>
  )
})
