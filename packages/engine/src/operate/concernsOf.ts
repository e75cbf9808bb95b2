/** Derives the concerns of a relay from facts about it. Pure, so that each rule can be read and tested alone. */
import { DateTime, Duration } from "effect"
import { maxCounted, type Queue } from "@usher/model/Backlog"
import { type Concern, Kind, type Subject, Urgency } from "@usher/model/Concern"
import * as Hold from "@usher/model/Hold"
import type { ParkedLive, SpotState } from "@usher/model/Spot"
import type { Forecast } from "../dispatch/Forecast.ts"
import type { Paused } from "../ports/SourcePauses.ts"
import type { Failures } from "../store/reporting/failures.ts"
import { type Pace, risen, usualSince } from "./pace.ts"

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

/** What the concerns are derived from. */
export interface Facts {
  readonly now: DateTime.Utc
  readonly spots: ReadonlyArray<SpotFacts>
  readonly parked: ReadonlyArray<ParkedLive>
  /** Paused and resuming sources. */
  readonly pauses: ReadonlyArray<Paused>
  /** The configured sources. */
  readonly paces: ReadonlyArray<Pace>
  /** Webhooks that are not mapped yet. */
  readonly received: Queue
  readonly failures: Failures
}

/** The wait after which webhooks that are not mapped yet are a concern. */
const maxMappingWait = Duration.minutes(1)

/** The most parked Lives of a Spot that are listed one by one. */
const maxListedLives = 10

/** A number that may be capped. */
interface Amount {
  readonly count: number
  readonly isMore: boolean
}

const none = { count: null, isMore: false }

/** A count that is capped at `maxCounted`. */
const upTo = (count: number): Amount => ({ count, isMore: count >= maxCounted })

const relay: Subject = { source: null, spot: null, liveId: null }
const ofSource = (source: string): Subject => ({ ...relay, source })
const ofSpot = (spot: string): Subject => ({ ...relay, spot })

/** Every concern, the most urgent first, and of the same urgency in the order of the kinds. */
export const concernsOf = (facts: Facts): ReadonlyArray<Concern> => {
  const { now, spots, parked, pauses, paces, received, failures } = facts
  const found = [
    ...spots.flatMap((spot) => {
      const hold = holdOf(spot)
      // A Spot that is held does not wait for its budget.
      return hold === undefined ? budgetOf(spot, now) : [hold]
    }),
    ...spots.flatMap(({ name }) => parkedOf(name, parked)),
    ...pauses.map(pauseOf),
    ...paces.flatMap((pace) => [...silenceOf(pace, now), ...refusalsOf(pace, now)]),
    ...mappingBacklogOf(received, now),
    ...failuresOf(failures)
  ]
  return found.toSorted(
    (one, other) =>
      Urgency.literals.indexOf(one.urgency) - Urgency.literals.indexOf(other.urgency) ||
      Kind.literals.indexOf(one.kind) - Kind.literals.indexOf(other.kind)
  )
}

const holdOf = ({ name, state, pending }: SpotFacts): Concern | undefined => {
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
const budgetOf = ({ name, forecast }: SpotFacts, now: DateTime.Utc): ReadonlyArray<Concern> => {
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

const parkedOf = (spot: string, all: ReadonlyArray<ParkedLive>): ReadonlyArray<Concern> => {
  const parked = all.filter((live) => live.spot === spot)
  const about = { kind: "live_parked", urgency: "warning", reason: null, ...none } as const
  const [first] = parked.toSorted((one, other) => DateTime.Order(one.since, other.since))
  if (first !== undefined && parked.length > maxListedLives) {
    return [
      {
        ...about,
        subject: ofSpot(spot),
        since: first.since,
        text: `MeltingSpot does not know ${whole(parked.length)} Lives of Spot ${spot}, so they are parked.`,
        next: "The relay tries each of them again from time to time",
        nextAt: null
      }
    ]
  }
  return parked.map(({ liveId, since, until }) => ({
    ...about,
    subject: { ...ofSpot(spot), liveId },
    since,
    text: `MeltingSpot does not know Live ${liveId} of Spot ${spot}, so it is parked.`,
    next: "The relay tries one of its invitations",
    nextAt: until
  }))
}

const pauseOf = ({ source, since, reason, held, isResuming }: Paused): Concern => ({
  kind: "source_paused",
  urgency: "info",
  subject: ofSource(source),
  since,
  text: isResuming
    ? `Source ${source} is resuming. ${counted(upTo(held), "held webhook")} to map.`
    : `Source ${source} is paused. ${counted(upTo(held), "webhook")} held.`,
  reason,
  ...upTo(held),
  next: isResuming
    ? "The relay maps them, the oldest first"
    : "The relay accepts its webhooks, and maps them once an operator resumes it",
  nextAt: null
})

const silenceOf = (pace: Pace, now: DateTime.Utc): ReadonlyArray<Concern> => {
  const usual = usualSince(pace, now)
  if (usual === undefined) return []
  return [
    {
      kind: "source_silent",
      urgency: "warning",
      subject: ofSource(pace.source),
      since: pace.lastReceived,
      text: `Source ${pace.source} is silent. In the same time of earlier weeks it received about ${whole(usual)} webhooks.`,
      reason: null,
      ...none,
      next: "Check that its sender still sends, and that the sender's URL and signature are right",
      nextAt: null
    }
  ]
}

const refusalsOf = (pace: Pace, now: DateTime.Utc): ReadonlyArray<Concern> => {
  const rise = risen(pace, now)
  if (rise === undefined) return []
  const { lastHour, usual, since } = rise
  const before = usual < 1 ? "fewer than 1" : `about ${whole(usual)}`
  return [
    {
      kind: "refusals_rising",
      urgency: "warning",
      subject: ofSource(pace.source),
      since,
      text: `The relay refused ${counted({ count: lastHour, isMore: false }, "delivery", "deliveries")} of source ${pace.source} in the last hour. Usual: ${before} per hour.`,
      reason: null,
      count: lastHour,
      isMore: false,
      next: "Look at the reason in quarantine. Most often, the secret was changed on one side only",
      nextAt: null
    }
  ]
}

const mappingBacklogOf = ({ count, oldest }: Queue, now: DateTime.Utc): ReadonlyArray<Concern> =>
  oldest === null || DateTime.isGreaterThan(DateTime.addDuration(oldest, maxMappingWait), now)
    ? []
    : [
        {
          kind: "mapping_backlog",
          urgency: "warning",
          subject: relay,
          since: oldest,
          text: `${counted(upTo(count), "webhook")} received and not mapped yet.`,
          reason: null,
          ...upTo(count),
          next: "The relay maps them, the oldest first. If the number grows, look at its log and its load",
          nextAt: null
        }
      ]

const failuresOf = ({
  deadLetters,
  failedMappings,
  quarantined
}: Failures): ReadonlyArray<Concern> => {
  const about = { urgency: "warning", reason: null, nextAt: null } as const
  return [
    ...deadLetters.map(
      ({ name, count, isMore, since }): Concern => ({
        ...about,
        isMore,
        kind: "dead_letters",
        subject: ofSpot(name),
        since,
        count,
        text: `${counted({ count, isMore }, "invitation")} of Spot ${name} in dead letters.`,
        next: "Remove the cause, then replay them"
      })
    ),
    ...failedMappings.map(
      ({ name, count, isMore, since }): Concern => ({
        ...about,
        isMore,
        kind: "failed_mappings",
        subject: ofSource(name),
        since,
        count,
        text: `Mapping failed for ${counted({ count, isMore }, "webhook")} of source ${name}.`,
        next: "Correct the mapping, then map them again"
      })
    ),
    ...quarantined.map(
      ({ name, count, isMore, since }): Concern => ({
        ...about,
        isMore,
        kind: "quarantine",
        subject: ofSource(name),
        since,
        count,
        text: `${counted({ count, isMore }, "refused delivery", "refused deliveries")} of source ${name} in quarantine.`,
        next: "Release or discard them. The relay deletes them when they are too old"
      })
    )
  ]
}

const whole = (value: number): string => Math.round(value).toLocaleString("en")

/** Such as `20,000 or more webhooks`. */
const counted = ({ count, isMore }: Amount, one: string, many = `${one}s`): string =>
  `${whole(count)}${isMore ? " or more" : ""} ${count === 1 ? one : many}`

const hours = (period: Duration.Duration): string => `${whole(Duration.toHours(period))} hours`
