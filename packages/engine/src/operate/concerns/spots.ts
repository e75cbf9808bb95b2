/** Concerns about Spots: what keeps one from sending, its budget, and its parked Lives. */
import { DateTime, Duration } from "effect"
import type { Concern } from "@usher/model/Concern"
import * as Hold from "@usher/model/Hold"
import type { ParkedLive, SpotState } from "@usher/model/Spot"
import { type Forecast, roomAt } from "../../dispatch/Forecast.ts"
import { type Amount, counted, none, ofSpot, whole } from "./wording.ts"

/** A configured Spot. */
export interface SpotFacts {
  readonly name: string
  /** Undefined if no relay has dispatched for it yet. */
  readonly state: SpotState | undefined
  /** Undefined if nobody counts its calls. */
  readonly forecast: Forecast | undefined
  /** Its pending invitations. */
  readonly pending: Amount
}

/** The most parked Lives of a Spot that are listed one by one. */
const maxListedLives = 10

export const holdOf = ({ name, state, pending }: SpotFacts): Concern | undefined => {
  const hold = Hold.of(state)
  if (hold === null) return undefined
  const { since, until: nextAt, reason } = hold
  const about = { subject: ofSpot(name), since, nextAt, reason, ...pending }
  const waits = `${counted(pending, "invitation")} pending.`
  switch (hold.state) {
    case "paused":
      return state?.paused?.by === "operator"
        ? {
            ...about,
            kind: "spot_paused",
            urgency: "warning",
            text: `An operator paused Spot ${name}. ${waits}`,
            next: "Nothing is sent until an operator resumes it"
          }
        : {
            ...about,
            kind: "key_refused",
            urgency: "critical",
            text: `MeltingSpot refuses the key of Spot ${name}. ${waits}`,
            next: "Correct the key. The relay tries it again from time to time, and resumes once MeltingSpot accepts it"
          }
    case "circuit_open":
      return {
        ...about,
        kind: "circuit_open",
        urgency: "critical",
        text: `MeltingSpot does not answer the calls of Spot ${name}. ${waits}`,
        reason: null,
        next: "The relay makes its next call"
      }
    case "cooldown":
      return {
        ...about,
        kind: "cooldown",
        urgency: "info",
        text: `Spot ${name} is in cooldown. ${waits}`,
        next: "The relay makes its next call"
      }
  }
}

/** Only for the longest window: the short one is full whenever the relay sends at full speed. */
export const budgetOf = ({ name, forecast }: SpotFacts, now: DateTime.Utc): ReadonlyArray<Concern> => {
  const longest = forecast?.windows.at(-1)
  if (forecast === undefined || longest === undefined || forecast.backlog.sendable === 0) return []
  const { backlog, clearAt } = forecast
  const about = {
    urgency: "warning",
    subject: ofSpot(name),
    since: backlog.oldestDue,
    reason: null,
    count: backlog.sendable,
    isMore: backlog.isMore
  } as const
  const period = hours(longest.window)
  const waits = `${counted(about, "invitation")} due`
  const spent: ReadonlyArray<Concern> =
    longest.roomAt === null
      ? []
      : [
          {
            ...about,
            kind: "budget_spent",
            text: `Spot ${name} has made all ${whole(longest.calls)} calls that its budget allows in ${period}. ${waits}.`,
            next: "Calls are free again",
            nextAt: longest.roomAt
          }
        ]
  const isSlow =
    clearAt !== null && DateTime.isGreaterThan(clearAt, DateTime.addDuration(now, longest.window))
  return isSlow
    ? [
        ...spent,
        {
          ...about,
          kind: "budget_too_small",
          text: `The budget of Spot ${name}, ${whole(longest.calls)} calls in ${period}, is too small to send all due invitations within ${period}. ${waits}.`,
          next: "The last one is sent at the earliest",
          nextAt: clearAt
        }
      ]
    : spent
}

const parked = { kind: "live_parked", urgency: "warning", reason: null, ...none } as const

const ofLive = (live: ParkedLive, call: Hold.NextCall): Concern => {
  const { spot, liveId, title, since } = live
  return {
    ...parked,
    subject: { ...ofSpot(spot), liveId },
    ...(title === null ? {} : { liveTitle: title }),
    since,
    text: `MeltingSpot does not know Live ${liveId} of Spot ${spot}, so it is parked.`,
    ...probeOf(live, call)
  }
}

const untilResumed = { next: "Nothing is sent until the Spot is resumed", nextAt: null }

const probeOf = (live: ParkedLive, call: Hold.NextCall): Pick<Concern, "next" | "nextAt"> => {
  const nextAt = Hold.probeAt(live, call)
  if (nextAt === null) return untilResumed
  return DateTime.isGreaterThan(nextAt, call.now)
    ? { next: "The relay tries one of its invitations", nextAt }
    : { next: "The relay tries one of its invitations as soon as one is due", nextAt: null }
}

export const parkedOf = (
  { name, state, forecast }: SpotFacts,
  all: ReadonlyArray<ParkedLive>,
  now: DateTime.Utc
): ReadonlyArray<Concern> => {
  const lives = all.filter(({ spot }) => spot === name)
  const call = { now, hold: Hold.of(state), roomAt: forecast === undefined ? null : roomAt(forecast) }
  const [first] = lives.toSorted((one, other) => DateTime.Order(one.since, other.since))
  if (first === undefined || lives.length <= maxListedLives) return lives.map((live) => ofLive(live, call))
  return [
    {
      ...parked,
      subject: ofSpot(name),
      since: first.since,
      text: `MeltingSpot does not know ${whole(lives.length)} Lives of Spot ${name}, so they are parked.`,
      ...(call.hold?.state === "paused"
        ? untilResumed
        : { next: "The relay tries each of them again from time to time", nextAt: null })
    }
  ]
}

const hours = (period: Duration.Duration): string => `${whole(Duration.toHours(period))} hours`
