/** How much is measured: enough to publish, to have a look, or to see that the benchmark itself works. */
import type { Array } from "effect"

export interface Turns {
  readonly rounds: number
  readonly seconds: number
}

/** A load that stays the same for all. */
export interface Cell {
  readonly bytes: number
  readonly connections: number
  /** The most that are sent. */
  readonly perSecond: number
}

export interface Mode {
  readonly name: "full" | "quick" | "smoke"
  /** Stands before the figures of a mode whose figures must not be quoted. */
  readonly caveat?: string
  /** Whether the peers take part. They are installed when they are first wanted, which takes minutes. */
  readonly withPeers: boolean
  /** How often what begins with a start is measured. */
  readonly starts: number
  /** After a start, before anything is measured: V8 compiles a server's code during its first seconds under load. */
  readonly warmUpSeconds: number
  /** What is accepted in a second. A round is short: a slow moment of the machine, which lasts for seconds, is to meet all. */
  readonly accepts: Turns
  /** Answer times: their tail needs more time. */
  readonly answers: Turns
  /** The loads under which webhooks are accepted; the first is the one that answer times and tracing are measured with. */
  readonly cells: Array.NonEmptyReadonlyArray<Cell>
  /** People whom a drain invites. */
  readonly people: number
  /** Rows that wait, least first. */
  readonly backlogs: ReadonlyArray<number>
  /** How often cheap things are done. */
  readonly samples: number
  /** Without anything to do, before memory is looked at. */
  readonly idleSeconds: number
}

/** Less than 20 minutes. */
export const full: Mode = {
  name: "full",
  withPeers: true,
  starts: 3,
  warmUpSeconds: 5,
  accepts: { rounds: 5, seconds: 1 },
  answers: { rounds: 5, seconds: 1.5 },
  cells: [
    { bytes: 1_000, connections: 64, perSecond: 20_000 },
    { bytes: 1_000, connections: 1, perSecond: 8_000 },
    { bytes: 1_000, connections: 512, perSecond: 20_000 },
    { bytes: 20_000, connections: 64, perSecond: 6_000 }
  ],
  people: 10_000,
  backlogs: [1_000, 100_000, 1_000_000],
  samples: 100,
  idleSeconds: 2
}

/** Less than two minutes. */
export const quick: Mode = {
  name: "quick",
  caveat:
    "A quick run: one short round of each scenario, without the peers. Its figures are not to be quoted.",
  withPeers: false,
  starts: 1,
  warmUpSeconds: 0.4,
  accepts: { rounds: 1, seconds: 0.4 },
  answers: { rounds: 1, seconds: 0.4 },
  cells: [{ bytes: 1_000, connections: 64, perSecond: 8_000 }],
  people: 1_000,
  backlogs: [1_000, 20_000],
  samples: 20,
  idleSeconds: 0.5
}

export const smoke: Mode = {
  name: "smoke",
  caveat: "A smoke test. Its figures mean nothing.",
  withPeers: false,
  starts: 1,
  warmUpSeconds: 0.1,
  accepts: { rounds: 1, seconds: 0.1 },
  answers: { rounds: 1, seconds: 0.1 },
  cells: [{ bytes: 1_000, connections: 4, perSecond: 1_000 }],
  people: 50,
  backlogs: [100, 200],
  samples: 2,
  idleSeconds: 0.1
}
