/** How much is measured: enough to publish, to have a look, or to see that the benchmark itself works. */

export interface Mode {
  readonly name: "full" | "quick" | "smoke"
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Of answer times: their tail needs more of each. V8 compiles a server's code during its first seconds under load. */
  readonly answers: Pick<Mode, "rounds" | "seconds" | "warmUpSeconds">
  /** Of bodies, and the most that are sent in so many seconds. */
  readonly bodies: ReadonlyArray<{ readonly bytes: number; readonly perSecond: number }>
  readonly connections: ReadonlyArray<number>
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
  rounds: 3,
  seconds: 2,
  warmUpSeconds: 4,
  answers: { rounds: 5, seconds: 4, warmUpSeconds: 8 },
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

/** Less than two minutes. */
export const quick: Mode = {
  name: "quick",
  rounds: 1,
  seconds: 0.5,
  warmUpSeconds: 1,
  answers: { rounds: 1, seconds: 0.5, warmUpSeconds: 1 },
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
  rounds: 1,
  seconds: 0.1,
  warmUpSeconds: 0,
  answers: { rounds: 1, seconds: 0.1, warmUpSeconds: 0 },
  bodies: [{ bytes: 1_000, perSecond: 1_000 }],
  connections: [4],
  people: 50,
  backlogs: [100, 200],
  samples: 2,
  idleSeconds: 0.1
}
