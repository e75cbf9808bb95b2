/** What a run leaves behind, and what its invariants are checked on. */
import { Duration } from "effect"
import type { State } from "@usher/sandbox"
import type { Delivery } from "../Senders.ts"
import type { Settings } from "../Settings.ts"
import type { Line } from "../Story.ts"
import type { Call } from "../Upstream.ts"

export interface Violation {
  readonly what: string
  /** Words by which the lines of the trace are found that explain it. */
  readonly about: ReadonlyArray<string>
}

export type Invariant = (run: Run) => ReadonlyArray<Violation>

export interface Freeze {
  readonly process: string
  readonly from: number
  readonly to: number
}

export interface Run {
  readonly settings: Settings
  readonly deliveries: ReadonlyArray<Delivery>
  readonly calls: ReadonlyArray<Call>
  readonly state: State.State
  readonly story: ReadonlyArray<Line>
  readonly freezes: ReadonlyArray<Freeze>
  /** The relays that live at the end. */
  readonly alive: ReadonlySet<string>
}

/** One invitation, from its first line to its last. */
export interface Invitation {
  readonly id: string
  readonly live: string
  readonly member: string
  readonly lines: ReadonlyArray<Line>
  /** As it is, or was before it was purged. */
  readonly status: string
}

const successes: ReadonlySet<string> = new Set(["invited", "already_invited"])
const failures: ReadonlySet<string> = new Set(["rejected", "exhausted", "expired"])

export const isSuccess = (status: string | undefined) => status !== undefined && successes.has(status)
export const isTerminal = (status: string | undefined) =>
  isSuccess(status) || (status !== undefined && failures.has(status))

export const keyOf = (live: string, member: string) => `${live} ${member}`

/** Every invitation that there ever was, by Live and person; several where one was purged and made again. */
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

/** How long a claim lasts, in milliseconds: 90 seconds longer than a call can. */
export const leaseOf = ({ settings }: Run) => Duration.toMillis(settings.timeout) + 90_000

/** Whether the process stood still at some time between the two. */
export const wasFrozen = ({ freezes }: Run, process: string, from: number, to: number) =>
  freezes.some((freeze) => freeze.process === process && freeze.from <= to && freeze.to >= from)
