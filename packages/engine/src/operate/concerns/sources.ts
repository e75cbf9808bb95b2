/** Concerns about sources: pauses, silence, refusals, and webhooks that are not mapped. */
import { DateTime, Duration } from "effect"
import type { Queue } from "@usher/model/Backlog"
import type { Concern } from "@usher/model/Concern"
import type { Paused } from "../../ports/SourcePauses.ts"
import { type Pace, risen, usualSince } from "../pace.ts"
import { counted, none, ofSource, relay, upTo, whole } from "./wording.ts"

/** The wait after which webhooks that are not mapped yet are a concern. */
const maxMappingWait = Duration.minutes(1)

export const pauseOf = ({ source, since, reason, held, isResuming }: Paused): Concern => ({
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

export const silenceOf = (pace: Pace, now: DateTime.Utc): ReadonlyArray<Concern> => {
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

export const refusalsOf = (pace: Pace, now: DateTime.Utc): ReadonlyArray<Concern> => {
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

export const mappingBacklogOf = ({ count, oldest }: Queue, now: DateTime.Utc): ReadonlyArray<Concern> =>
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
