/**
 * The budget of a Spot, as a dispatcher keeps it: two sliding windows in the database, and a part of each that is kept
 * for every lane.
 */
import { Duration, Schema } from "effect"
import type { Lane } from "@usher/model/Invitation"

const Calls = Schema.Int.check(Schema.isGreaterThan(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/**
 * What is kept of both windows for a lane, whatever the others want: for live sign-ups always, for another lane while
 * something of it is due. The rest goes to whoever is first in order.
 *
 * @category schemas
 */
export const Shares = Schema.Struct({
  /** The share of sign-ups that arrive now. */
  live: Share,
  /** The share of retries. */
  retry: Share,
  /** The share of replays. */
  replay: Share,
  /** The share of imported lists. */
  import: Share
}).check(
  Schema.makeFilter(({ live, retry, replay, import: imported }) =>
    live + retry + replay + imported <= 1 ? undefined : "the shares of all lanes come to more than 1"
  )
)

/**
 * The part of a window that each lane may use while others want calls, from 0 to 1.
 *
 * @category models
 */
export interface Shares extends Schema.Schema.Type<typeof Shares> {}

/**
 * How many calls a key allows, and how they are shared between lanes.
 *
 * @category schemas
 */
export const Limits = Schema.Struct({
  /** Calls within any 10 seconds. */
  per10s: Calls,
  /** Calls within any 24 hours. */
  per24h: Calls,
  /** The part of the calls that each lane may take. */
  shares: Shares
})

/**
 * How many calls a key allows, and how they are shared between lanes.
 *
 * @category models
 */
export interface Limits extends Schema.Schema.Type<typeof Limits> {}

/**
 * "100 requests/10 sec", "50000 requests/day"; 30 % are kept for live sign-ups, 5 % for each of the others.
 *
 * Source: https://help.meltingspot.io/english/manage-spot/integrations/api-access/configuration
 *
 * @category constants
 */
export const documented: Limits = {
  per10s: 100,
  per24h: 50_000,
  shares: { live: 0.3, retry: 0.05, replay: 0.05, import: 0.05 }
}

/**
 * So many calls within any stretch of so many milliseconds.
 *
 * @category models
 */
export interface Window {
  /** The most calls in the window. */
  readonly calls: number
  /** The length of the window, in milliseconds. */
  readonly millis: number
}

/**
 * The windows of the limits, the shorter one first.
 *
 * @category accessors
 */
export const windows = ({ per10s, per24h }: Limits): ReadonlyArray<Window> => [
  { calls: per10s, millis: Duration.toMillis("10 seconds") },
  { calls: per24h, millis: Duration.toMillis("24 hours") }
]

/**
 * In milliseconds: nothing counts longer.
 *
 * @category accessors
 */
export const longest = (limits: Limits): number => Math.max(...windows(limits).map(({ millis }) => millis))

/**
 * What counts in one window at a time.
 *
 * @category models
 */
export interface Usage extends Window {
  /** How many calls of each lane count in the window. */
  readonly used: Record<Lane, number>
  /** When the oldest of these calls ceases to count, in milliseconds since 1970; `Infinity` where there is none. */
  readonly freesAt: number
}

/**
 * How many calls of all lanes count in a window.
 *
 * @category accessors
 */
export const total = ({ used }: Pick<Usage, "used">): number =>
  used.live + used.retry + used.replay + used.import

/** In the order in which they go. */
export const lanes: ReadonlyArray<Lane> = ["live", "retry", "replay", "import"]

/**
 * How many calls of a lane fit now: what is left of the fullest window, without what is kept for the other lanes.
 *
 * @category deciding
 */
export const room = (
  lane: Lane,
  usages: ReadonlyArray<Usage>,
  shares: Shares,
  /** Whether something of a lane is due. */
  wants: (lane: Lane) => boolean
): number => {
  const left = usages.map((usage) => {
    const kept = lanes
      .filter((other) => other !== lane && (other === "live" || wants(other)))
      .map((other) => Math.max(0, Math.floor(shares[other] * usage.calls) - usage.used[other]))
    return usage.calls - total(usage) - kept.reduce((sum, calls) => sum + calls, 0)
  })
  return Math.max(0, Math.min(...left))
}
