/** The events of a run. They explain a violation, and show that a seed repeats the same run. */
import { createHash } from "node:crypto"

export interface Event {
  /** Milliseconds since the run began. */
  readonly at: number
  readonly process: string
  readonly text: string
}

export type Trace = ReturnType<typeof make>

export const make = (now: () => number) => {
  const all: Array<Event> = []
  const events = (): ReadonlyArray<Event> => all.toSorted((a, b) => a.at - b.at)
  return {
    /** Adds an event of now. */
    note: (process: string, text: string) => void all.push({ at: now(), process, text }),
    /** Adds events that were recorded elsewhere. */
    record: (more: ReadonlyArray<Event>) => void all.push(...more),
    /** The events in the order of their times. */
    events,
    /** The hash of all events. */
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
