/**
 * The call log: exact counts of all calls, and the latest calls themselves.
 */
import { MutableList } from "effect"
import type { MeltingSpotMemory, Operation } from "@usher/core/testing"
import type { Verdict } from "./Limits.ts"
import * as SlidingWindow from "./SlidingWindow.ts"
import type { Call, Summary } from "./State.ts"

/** A received call with its verdict, and callbacks for its outcome. */
export interface Arrival {
  readonly verdict: Verdict
  readonly metFault: () => void
  readonly answered: (status: number) => void
}

/** The number of calls that the log keeps. */
const kept = 10_000

export const make = () => {
  const arrived = makeTally()
  const accepted = makeTally()
  let refused = 0
  let faulty = 0
  const operations = { invite: 0, bulk: 0, list: 0, lives: 0, speakers: 0, members: 0, groups: 0, other: 0 }
  const inviting = { calls: 0, people: 0, most: 0 }
  const latest = MutableList.make<{ -readonly [K in keyof Call]: Call[K] }>()
  return {
    write: (call: Call, operation: Operation.Operation, verdict: Verdict): Arrival => {
      const line = { ...call }
      MutableList.append(latest, line)
      if (latest.length > kept) MutableList.take(latest)
      arrived.add(verdict.time)
      if (verdict.outcome === "Accepted") accepted.add(verdict.time)
      if (verdict.outcome === "Refused") refused++
      operations[operation]++
      return {
        verdict,
        metFault: () => void faulty++,
        answered: (status) => void (line.status = status)
      }
    },
    requested: (people: number) => {
      inviting.calls++
      inviting.people += people
      inviting.most = Math.max(inviting.most, people)
    },
    calls: () => ({
      calls: Array.from(MutableList.toArray(latest), (call) => ({ ...call })),
      droppedCalls: arrived.calls() - latest.length
    }),
    summary: (entries: ReadonlyArray<MeltingSpotMemory.Entry>): Summary => {
      const again = entries.filter(({ repeated }) => repeated > 0)
      return {
        arrived: arrived.calls(),
        ...arrived.busiest(),
        accepted: { calls: accepted.calls(), ...accepted.busiest() },
        refused,
        faulty,
        operations: { ...operations },
        invited: entries.length,
        peoplePerCall: { ...inviting, mean: inviting.calls === 0 ? 0 : inviting.people / inviting.calls },
        duplicates: {
          members: again.length,
          repeated: again.reduce((sum, { repeated }) => sum + repeated, 0)
        }
      }
    }
  }
}

/** Counts calls, and their maximum within any 10 seconds and any 24 hours. */
const makeTally = () => {
  const in10s = SlidingWindow.make(10_000)
  const in24h = SlidingWindow.make(24 * 60 * 60 * 1000)
  let calls = 0
  return {
    add: (time: number) => {
      calls++
      in10s.add(time)
      in24h.add(time)
    },
    calls: () => calls,
    busiest: () => ({ busiest10s: in10s.most(), busiest24h: in24h.most() })
  }
}
