/** What happened in a run, in order: the explanation of a violation, and the proof that a seed repeats itself. */
import { createHash } from "node:crypto"

export interface Event {
  /** Milliseconds since the run began. */
  readonly at: number
  readonly process: string
  readonly text: string
}

export interface Trace {
  /** Something happens now. */
  readonly note: (process: string, text: string) => void
  /** Adds what was written down elsewhere. */
  readonly tell: (events: ReadonlyArray<Event>) => void
  /** By their times. */
  readonly events: () => ReadonlyArray<Event>
  /** Equal for equal runs. */
  readonly hash: () => string
}

export const make = (now: () => number): Trace => {
  const all: Array<Event> = []
  const events = () => all.toSorted((a, b) => a.at - b.at)
  return {
    note: (process, text) => void all.push({ at: now(), process, text }),
    tell: (more) => void all.push(...more),
    events,
    hash: () => {
      const hash = createHash("sha256")
      for (const event of events()) hash.update(lineOf(event)).update("\n")
      return hash.digest("hex").slice(0, 16)
    }
  }
}

export const lineOf = ({ at, process, text }: Event): string =>
  `${timeOf(at).padStart(13)}  ${process.padEnd(8)}  ${text}`

/** `1:02:03.004`. */
const timeOf = (at: number) => {
  const [hours, minutes] = [Math.floor(at / 3_600_000), Math.floor(at / 60_000) % 60]
  return `${hours}:${String(minutes).padStart(2, "0")}:${((at / 1_000) % 60).toFixed(3).padStart(6, "0")}`
}
