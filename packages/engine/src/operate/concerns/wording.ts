/** Words and fields that concerns share. */
import { maxCounted } from "@usher/model/Backlog"
import type { Subject } from "@usher/model/Concern"

/** A number that may be capped. */
export interface Amount {
  readonly count: number
  readonly isMore: boolean
}

/** Of a concern that is about no number of things. */
export const none = { count: null, isMore: false }

/** A count that is capped at `maxCounted`. */
export const upTo = (count: number): Amount => ({ count, isMore: count >= maxCounted })

export const relay: Subject = { source: null, spot: null, liveId: null }
export const ofSource = (source: string): Subject => ({ ...relay, source })
export const ofSpot = (spot: string): Subject => ({ ...relay, spot })

export const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** Such as `20,000 or more webhooks`. */
export const counted = ({ count, isMore }: Amount, one: string, many = `${one}s`): string =>
  `${whole(count)}${isMore ? " or more" : ""} ${count === 1 ? one : many}`
