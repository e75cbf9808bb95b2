/** Filters participants by a query. */
import type { Participant } from "../../Participant.ts"
import type { ParticipantQuery } from "../../ParticipantFilter.ts"
import { choice, flag, text } from "./matching.ts"

export const matches = (participant: Participant, query: ParticipantQuery): boolean =>
  text(participant.spotMemberFirstname, query["firstname[eq]"], query["firstname[contains]"]) &&
  text(participant.spotMemberLastname, query["lastname[eq]"], query["lastname[contains]"]) &&
  text(participant.spotMemberEmail, query["email[eq]"], query["email[contains]"]) &&
  choice(participant.type, query["type[eq]"], query["type[in]"]) &&
  choice(participant.status, query["status[eq]"], query["status[in]"]) &&
  flag(participant.metrics.hasReplayed, query["hasReplayed[eq]"]) &&
  flag(participant.metrics.hasParticipated, query["hasParticipated[eq]"])
