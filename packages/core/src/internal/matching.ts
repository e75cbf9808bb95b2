/** Which participants a query of the list finds. */
import type { Participant } from "../Participant.ts"
import type { ParticipantQuery } from "../ParticipantFilter.ts"

export const matches = (participant: Participant, query: ParticipantQuery): boolean => {
  const text = (value: string | null, eq: string | undefined, contains: string | undefined) =>
    (eq === undefined || value?.toLowerCase() === eq.toLowerCase()) &&
    (contains === undefined || (value?.toLowerCase().includes(contains.toLowerCase()) ?? false))
  const choice = (value: string, eq: string | undefined, among: ReadonlyArray<string> | undefined) =>
    (eq === undefined || value === eq) && (among === undefined || among.includes(value))
  const flag = (value: boolean | null, eq: string | undefined) =>
    eq === undefined || `${value ?? false}` === eq
  return (
    text(participant.spotMemberFirstname, query["firstname[eq]"], query["firstname[contains]"]) &&
    text(participant.spotMemberLastname, query["lastname[eq]"], query["lastname[contains]"]) &&
    text(participant.spotMemberEmail, query["email[eq]"], query["email[contains]"]) &&
    choice(participant.type, query["type[eq]"], query["type[in]"]) &&
    choice(participant.status, query["status[eq]"], query["status[in]"]) &&
    flag(participant.metrics.hasReplayed, query["hasReplayed[eq]"]) &&
    flag(participant.metrics.hasParticipated, query["hasParticipated[eq]"])
  )
}
