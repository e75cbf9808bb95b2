/** What the load generator is asked for where a contender has a turn. */
import type { Job } from "../load/Job.ts"

/** A load that stays the same for all. */
export interface Cell {
  readonly bytes: number
  readonly connections: number
  /** The most that are sent. */
  readonly perSecond: number
}

/** Not counted: connections are made, and what was frozen catches up. */
const leadIn = 0.2

const job = (url: string, { bytes, connections, perSecond }: Cell, seconds: number): Job => ({
  url,
  bytes,
  connections,
  peoplePerLive: 100,
  rate: null,
  deliveries: Math.ceil(perSecond * seconds),
  seconds,
  warmUpSeconds: leadIn
})

/** Each connection sends when it is answered. */
export const peak = job

/** So many in a second, whatever the answers do. */
export const steady = (url: string, cell: Cell, seconds: number, rate: number): Job => ({
  ...job(url, { ...cell, perSecond: rate }, seconds),
  rate
})
