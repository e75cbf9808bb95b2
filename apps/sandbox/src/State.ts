/** What the sandbox tells of the emulated Spot. */
import { Schema } from "effect"
import { Fault, MeltingSpotMemory } from "@usher/core/testing"

/** One call to the API. It holds no key. */
export const Call = Schema.Struct({
  /** When it came. */
  at: Schema.DateTimeUtcFromString,
  method: Schema.String,
  path: Schema.String,
  /** 0 while it has no answer, and for good if the connection was cut or the caller left. */
  status: Schema.Int,
  traceparent: Schema.NullOr(Schema.String)
})

const { participant, ...counts } = MeltingSpotMemory.Entry.fields

/** How often one member was asked for at one Live: `created` counts the 201s, `repeated` the 200s. */
export const Entry = Schema.Struct({
  liveId: Schema.String,
  member: Schema.String,
  ...counts,
  /** When the first invitation was made. */
  invitedAt: participant.fields.invitedAt
})

const busiest = {
  /** The highest number of calls in any sliding 10 seconds. */
  busiest10s: Schema.Int,
  /** The same in any 24 hours. */
  busiest24h: Schema.Int
}

/** All but the lists. */
export const Summary = Schema.Struct({
  /** Calls that came, whatever became of them. */
  arrived: Schema.Int,
  ...busiest,
  /** Those that the limits let through: each spent one of the key's budget. */
  accepted: Schema.Struct({ calls: Schema.Int, ...busiest }),
  /** Those that the limits answered 429. None of them acted. */
  refused: Schema.Int,
  /** Those that met a fault. */
  faulty: Schema.Int,
  /** What they asked for. */
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
  /** How many participants there are. */
  invited: Schema.Int,
  /** In the calls that invited, singly or many at once, and were not refused. */
  peoplePerCall: Schema.Struct({
    calls: Schema.Int,
    people: Schema.Int,
    most: Schema.Int,
    mean: Schema.Finite
  }),
  /** Those who were asked for again, and how often in all. */
  duplicates: Schema.Struct({ members: Schema.Int, repeated: Schema.Int })
})

export const State = Schema.Struct({
  ...Summary.fields,
  /** The latest 10,000, oldest first. */
  calls: Schema.Array(Call),
  /** How many are older than these. */
  droppedCalls: Schema.Int,
  participants: Schema.Array(Entry),
  /** The faults to come. */
  faults: Fault.Script
})

export type Call = typeof Call.Type
export type Summary = typeof Summary.Type
export type State = typeof State.Type
