/** How much is measured: for publication, for a look, or to test the benchmark itself. */
import type { Array } from "effect"

export interface Turns {
  readonly rounds: number
  readonly seconds: number
}

/** A load that is the same for all contenders. */
export interface Cell {
  readonly bytes: number
  readonly connections: number
  /** The maximum of deliveries. */
  readonly perSecond: number
}

export interface Mode {
  readonly name: "full" | "quick" | "smoke"
  /** A warning before figures that must not be quoted. */
  readonly caveat?: string
  /** Whether the peers take part. Their first use installs them, which takes minutes. */
  readonly withPeers: boolean
  /** How often contenders are started where the start is measured. */
  readonly starts: number
  /** The load before a measurement: V8 compiles a server's code during its first seconds. */
  readonly warmUpSeconds: number
  /** For throughput. Rounds are short, so that a slow moment of the machine affects all contenders. */
  readonly accepts: Turns
  /** For answer times, whose tail needs longer rounds. */
  readonly answers: Turns
  /** The loads of accepting. Answer times and tracing use the first. */
  readonly cells: Array.NonEmptyReadonlyArray<Cell>
  /** The number of people that a drain invites. */
  readonly people: number
  /** The numbers of due invitations, ascending. */
  readonly backlogs: ReadonlyArray<number>
  /** How often cheap operations are measured. */
  readonly samples: number
  /** The idle time before memory is measured. */
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
