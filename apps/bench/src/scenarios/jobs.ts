/** The jobs of the load generator. */
import type { Running } from "../Contender.ts"
import type { Job } from "../load/Job.ts"
import type { Cell } from "../Mode.ts"

/** The time to connect, and to catch up after a freeze. It is not measured. */
const leadIn = 0.2

type Target = Pick<Running, "url" | "pid" | "server">

/** Sends as many deliveries as the contender takes: each connection sends when it is answered. */
export const peak = (
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

/** Sends at a fixed rate, independently of the answers. */
export const steady = (target: Target, cell: Cell, seconds: number, rate: number): Job => ({
  ...peak(target, { ...cell, perSecond: rate }, seconds),
  rate
})

/** Sends this many deliveries of 1 kB over 64 connections, or ends after these seconds. */
export const all = (url: string, deliveries: number, seconds: number): Job => ({
  url,
  bytes: 1_000,
  connections: 64,
  peoplePerLive: 100,
  rate: null,
  deliveries,
  seconds,
  warmUpSeconds: 0
})
