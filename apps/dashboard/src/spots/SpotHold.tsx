import type { Spots } from "@usher/admin"
import { For, Until } from "../parts/time.tsx"

export const holdNames = {
  active: "is active",
  paused: "is paused",
  cooldown: "is in cooldown",
  circuit_open: "has an open circuit breaker"
}

/** Why a Spot sends nothing, and until when. */
export const SpotHold = ({ spot }: { readonly spot: Spots.Spot }) => (
  <>
    Spot <bdi>{spot.name}</bdi> {holdNames[spot.state]}
    <For since={spot.since} />
    {spot.pausedBy === "upstream" && " because MeltingSpot rejects its key"}: <bdi>{spot.reason}</bdi>.
    {spot.until !== null && (
      <>
        {" "}
        Next call <Until at={spot.until} />.
      </>
    )}
  </>
)
