/** What the load generator is asked for where a contender has a turn. */
import type { Running } from "../Contender.ts"
import type { Job } from "../load/Job.ts"
import type { Cell } from "../Mode.ts"

/** Not counted: connections are made, and what was frozen catches up. */
const leadIn = 0.2

type Target = Pick<Running, "url" | "pid" | "server">

const job = (
  { url, pid, server }: Target,
  { bytes, connections, perSecond }: Cell,
  seconds: number
): Job => ({
  url,
  bytes,
  connections,
  peoplePerLive: 100,
  rate: null,
  deliveries: Math.ceil(perSecond * seconds),
  seconds,
  warmUpSeconds: leadIn,
  processes: server === undefined ? [pid] : [pid, server]
})

/** Each connection sends when it is answered. */
export const peak = job

/** So many in a second, whatever the answers do. */
export const steady = (target: Target, cell: Cell, seconds: number, rate: number): Job => ({
  ...job(target, { ...cell, perSecond: rate }, seconds),
  rate
})
