/** The records of a run, on which the invariants are checked. */
import { Duration } from "effect"
import type { State } from "@usher/sandbox"
import type { Delivery } from "../Senders.ts"
import type { Settings } from "../Settings.ts"
import type { Line } from "../Story.ts"
import type { Call } from "../Upstream.ts"

export interface Violation {
  readonly what: string
  /** The words that find the explaining lines of the trace. */
  readonly about: ReadonlyArray<string>
}

export const violation = (what: string, ...about: ReadonlyArray<string>): ReadonlyArray<Violation> => [
  { what, about }
]

export type Invariant = (run: Run) => ReadonlyArray<Violation>

export interface Run {
  readonly settings: Settings
  readonly deliveries: ReadonlyArray<Delivery>
  readonly calls: ReadonlyArray<Call>
  readonly state: State.State
  readonly story: ReadonlyArray<Line>
  readonly freezes: ReadonlyArray<{ readonly process: string; readonly from: number; readonly to: number }>
  /** How often an operator cancelled what waited for a Live. */
  readonly cancels: number
  /** The relays that run at the end. */
  readonly alive: ReadonlySet<string>
}

/** An invitation with its history. */
export interface Invitation {
  readonly id: string
  readonly live: string
  readonly member: string
  readonly lines: ReadonlyArray<Line>
  /** Its status, or the last one before a purge. */
  readonly status: string
}

const successes: ReadonlySet<string> = new Set(["invited", "already_invited"])
const failures: ReadonlySet<string> = new Set(["rejected", "exhausted", "expired", "cancelled"])

export const isSuccess = (status: string | undefined) => status !== undefined && successes.has(status)
export const isTerminal = (status: string | undefined) =>
  isSuccess(status) || (status !== undefined && failures.has(status))

export const keyOf = (live: string, member: string) => `${live} ${member}`

/** Every invitation by Live and person. Several if one was purged and created again. */
export const invitationsOf = ({ story }: Run): ReadonlyMap<string, ReadonlyArray<Invitation>> => {
  const lines = Map.groupBy(
    story.filter(({ what }) => what === "invitation"),
    ({ id }) => id
  )
  const all = Array.from(lines, ([id, lines]): Invitation => {
    const [first] = lines
    const last = lines.findLast(({ status }) => status !== "deleted")
    return { id, live: first?.live ?? "", member: first?.person ?? "", lines, status: last?.status ?? "" }
  })
  return Map.groupBy(all, ({ live, member }) => keyOf(live, member))
}

/** The length of a lease in milliseconds: 90 seconds more than the timeout of a call. */
export const leaseOf = ({ settings }: Run) => Duration.toMillis(settings.timeout) + 90_000

/** Whether the process was frozen at a time between the two. */
export const wasFrozen = ({ freezes }: Run, process: string, from: number, to: number) =>
  freezes.some((freeze) => freeze.process === process && freeze.from <= to && freeze.to >= from)
