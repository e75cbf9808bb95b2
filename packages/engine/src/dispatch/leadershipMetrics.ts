/** Metrics of each Spot: whether this relay leads it, and the state of its circuit. */
import { Effect } from "effect"
import { gauge, series } from "../runtime/series.ts"

const leader = gauge("usher_spot_leader", "1 while this relay leads a Spot")
const circuit = gauge(
  "usher_spot_circuit",
  "1 for the current state of a Spot's circuit: open allows no calls, half-open allows one probe"
)

const states = { Closed: "closed", Open: "open", HalfOpen: "half-open" } as const

export const leadershipMetrics = Effect.gen(function* () {
  const setLeader = yield* series(leader, "spot")
  const setCircuit = yield* series(circuit, "spot", "state")
  /** Without a state, every series is 0: another relay leads the Spot. */
  const is = (spot: string, state?: keyof typeof states) => {
    for (const [name, label] of Object.entries(states)) setCircuit(name === state ? 1 : 0, spot, label)
  }
  return {
    circuit: is,
    acquired: (spot: string, state: keyof typeof states) => {
      setLeader(1, spot)
      is(spot, state)
    },
    lost: (spot: string) => {
      setLeader(0, spot)
      is(spot)
    }
  }
})
