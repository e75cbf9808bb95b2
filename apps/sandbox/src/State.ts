/** The state of the emulated Spot. */
import { Schema } from "effect"
import { Fault, MeltingSpotMemory } from "@usher/core/testing"

/** One call to the API, without its key. */
export const Call = Schema.Struct({
  /** When the call arrived. */
  at: Schema.DateTimeUtcFromString,
  method: Schema.String,
  path: Schema.String,
  /** 0 before the response, and if the connection was cut or the caller disconnected. */
  status: Schema.Int,
  traceparent: Schema.NullOr(Schema.String)
})

const { participant, ...counts } = MeltingSpotMemory.Entry.fields

/** How often one member was invited to one Live: `created` counts the 201s, `repeated` the 200s. */
export const Entry = Schema.Struct({
  liveId: Schema.String,
  member: Schema.String,
  ...counts,
  /** The time of the first invitation. */
  invitedAt: participant.fields.invitedAt
})

const busiest = {
  /** The maximum number of calls within any 10 seconds. */
  busiest10s: Schema.Int,
  /** The maximum number of calls within any 24 hours. */
  busiest24h: Schema.Int
}

/** The counts of the state. */
export const Summary = Schema.Struct({
  /** All received calls. */
  arrived: Schema.Int,
  ...busiest,
  /** Calls within the limits. */
  accepted: Schema.Struct({ calls: Schema.Int, ...busiest }),
  /** Calls that got 429 from the limits. They had no effect. */
  refused: Schema.Int,
  /** Calls with a fault. */
  faulty: Schema.Int,
  /** Calls by operation. */
  operations: Schema.Struct({
    invite: Schema.Int,
    bulk: Schema.Int,
    list: Schema.Int,
    lives: Schema.Int,
    speakers: Schema.Int,
    members: Schema.Int,
    groups: Schema.Int,
    other: Schema.Int
  }),
  /** The number of participants. */
  invited: Schema.Int,
  /** The people in calls that invite and were not refused. */
  peoplePerCall: Schema.Struct({
    calls: Schema.Int,
    people: Schema.Int,
    most: Schema.Int,
    mean: Schema.Finite
  }),
  /** The members that were invited again, and the number of repeated invitations. */
  duplicates: Schema.Struct({ members: Schema.Int, repeated: Schema.Int })
})

export const State = Schema.Struct({
  ...Summary.fields,
  /** The latest 10,000 calls, oldest first. */
  calls: Schema.Array(Call),
  /** The number of older calls. */
  droppedCalls: Schema.Int,
  participants: Schema.Array(Entry),
  /** The next faults. */
  faults: Fault.Script
})

export type Call = typeof Call.Type
export type Summary = typeof Summary.Type
export type State = typeof State.Type
