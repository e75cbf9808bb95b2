/** How much is measured: enough to publish, to have a look, or to see that the benchmark itself works. */
import type { Array } from "effect"

export interface Turns {
  readonly rounds: number
  readonly seconds: number
}

export interface Mode {
  readonly name: "full" | "quick" | "smoke"
  /** How often what begins with a start is measured. */
  readonly starts: number
  /** After a start, before anything is measured: V8 compiles a server's code during its first seconds under load. */
  readonly warmUpSeconds: number
  /** What is accepted in a second. A round is short: a slow moment of the machine, which lasts for seconds, is to meet all. */
  readonly accepts: Turns
  /** Answer times: their tail needs more time. */
  readonly answers: Turns
  /** Of bodies, and the most that are sent in so many seconds. */
  readonly bodies: Array.NonEmptyReadonlyArray<{ readonly bytes: number; readonly perSecond: number }>
  readonly connections: Array.NonEmptyReadonlyArray<number>
  /** People whom a drain invites. */
  readonly people: number
  /** Rows that wait, least first. */
  readonly backlogs: ReadonlyArray<number>
  /** How often cheap things are done. */
  readonly samples: number
  /** Without anything to do, before memory is looked at. */
  readonly idleSeconds: number
}

export const full: Mode = {
  name: "full",
  starts: 3,
  warmUpSeconds: 8,
  accepts: { rounds: 11, seconds: 0.8 },
  answers: { rounds: 15, seconds: 1.5 },
  bodies: [
    { bytes: 1_000, perSecond: 18_000 },
    { bytes: 20_000, perSecond: 4_000 }
  ],
  connections: [1, 64, 512],
  people: 10_000,
  backlogs: [1_000, 100_000, 1_000_000],
  samples: 200,
  idleSeconds: 2
}

/** About two minutes, more on a slow machine. */
export const quick: Mode = {
  name: "quick",
  starts: 1,
  warmUpSeconds: 0.4,
  accepts: { rounds: 1, seconds: 0.4 },
  answers: { rounds: 1, seconds: 0.4 },
  bodies: [{ bytes: 1_000, perSecond: 8_000 }],
  connections: [64],
  people: 1_000,
  backlogs: [1_000, 20_000],
  samples: 20,
  idleSeconds: 0.5
}

/** Its figures mean nothing. */
export const smoke: Mode = {
  name: "smoke",
  starts: 1,
  warmUpSeconds: 0.1,
  accepts: { rounds: 1, seconds: 0.1 },
  answers: { rounds: 1, seconds: 0.1 },
  bodies: [{ bytes: 1_000, perSecond: 1_000 }],
  connections: [4],
  people: 50,
  backlogs: [100, 200],
  samples: 2,
  idleSeconds: 0.1
}
