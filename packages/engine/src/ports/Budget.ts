/** The budget of a Spot: two sliding windows in the database, with a share of each reserved for every lane. */
import { Duration, Schema } from "effect"
import type { Lane } from "@usher/model/Invitation"

const Calls = Schema.Int.check(Schema.isGreaterThan(0))
const Share = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))

/**
 * The share of both windows that is reserved for each lane, from 0 to 1. The share for live sign-ups is always
 * reserved, the share for another lane only while the lane has due invitations. Lanes get the rest in order.
 *
 * @category schemas
 */
export const Shares = Schema.Struct({
  /** The share for sign-ups that arrive now. */
  live: Share,
  /** The share for retries. */
  retry: Share,
  /** The share for replays. */
  replay: Share,
  /** The share for imported lists. */
  import: Share
}).check(
  Schema.makeFilter(({ live, retry, replay, import: imported }) =>
    live + retry + replay + imported <= 1 ? undefined : "the shares of all lanes add up to more than 1"
  )
)

/**
 * The share of both windows that is reserved for each lane, from 0 to 1.
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
  /** The share that is reserved for each lane. */
  shares: Shares
})

/**
 * How many calls a key allows, and how they are shared between lanes.
 *
 * @category models
 */
export interface Limits extends Schema.Schema.Type<typeof Limits> {}

/**
 * The documented limits: "100 requests/10 sec" and "50000 requests/day". 30 % are reserved for live sign-ups, 5 % for
 * each other lane.
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
 * A sliding window: at most this many calls within any period of this length.
 *
 * @category models
 */
export interface Window {
  /** The maximum number of calls in the window. */
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
 * The length of the longest window, in milliseconds. No call counts for longer.
 *
 * @category accessors
 */
export const longest = (limits: Limits): number => Math.max(...windows(limits).map(({ millis }) => millis))

/**
 * The calls that count in one window now.
 *
 * @category models
 */
export interface Usage extends Window {
  /** The number of calls of each lane that count in the window. */
  readonly used: Record<Lane, number>
  /** When the oldest of these calls stops counting, in milliseconds since 1970. `Infinity` if there is none. */
  readonly freesAt: number
}

/**
 * The number of calls of all lanes that count in a window.
 *
 * @category accessors
 */
export const total = ({ used }: Pick<Usage, "used">): number =>
  used.live + used.retry + used.replay + used.import

/**
 * The full window that has room last. Undefined if every window has room.
 *
 * @category accessors
 */
export const full = (usages: ReadonlyArray<Usage>): Usage | undefined =>
  usages
    .filter((usage) => total(usage) >= usage.calls && Number.isFinite(usage.freesAt))
    .toSorted((a, b) => b.freesAt - a.freesAt)[0]

/** All lanes, in dispatch order. */
export const lanes: ReadonlyArray<Lane> = ["live", "retry", "replay", "import"]

/**
 * How many calls of a lane fit now: the free calls of the fullest window, less the shares reserved for other lanes.
 *
 * @category deciding
 */
export const room = (
  lane: Lane,
  usages: ReadonlyArray<Usage>,
  shares: Shares,
  /** Whether the lane has due invitations. */
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
