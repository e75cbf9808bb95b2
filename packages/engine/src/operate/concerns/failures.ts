/** Concerns about what failed and waits for an operator. */
import type { Concern } from "@usher/model/Concern"
import type { Failures } from "../../store/reporting/failures.ts"
import { counted, ofSource, ofSpot } from "./wording.ts"

export const failuresOf = ({
  deadLetters,
  failedMappings,
  quarantined
}: Failures): ReadonlyArray<Concern> => {
  const about = { urgency: "warning", reason: null, nextAt: null } as const
  return [
    ...deadLetters.map(({ name, count, isMore, since }): Concern => ({
      ...about,
      isMore,
      kind: "dead_letters",
      subject: ofSpot(name),
      since,
      count,
      text: `${counted({ count, isMore }, "invitation")} of Spot ${name} in dead letters.`,
      next: "Remove the cause, then replay them"
    })),
    ...failedMappings.map(({ name, count, isMore, since }): Concern => ({
      ...about,
      isMore,
      kind: "failed_mappings",
      subject: ofSource(name),
      since,
      count,
      text: `Mapping failed for ${counted({ count, isMore }, "webhook")} of source ${name}.`,
      next: "Correct the mapping, then map them again"
    })),
    ...quarantined.map(({ name, count, isMore, since }): Concern => ({
      ...about,
      isMore,
      kind: "quarantine",
      subject: ofSource(name),
      since,
      count,
      text: `${counted({ count, isMore }, "refused delivery", "refused deliveries")} of source ${name} in quarantine.`,
      next: "Release or discard them. The relay deletes them when they are too old"
    }))
  ]
}
