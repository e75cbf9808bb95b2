/**
 * MeltingSpot tells of every participant that was created, also of those whom this relay invited: a relay that made
 * invitations of its own echo would feed itself.
 */
import { Effect, Option, Result, Schema } from "effect"
import { Body } from "@usher/signatures"
import type { Inbox, InboxUnavailable } from "../ports/Inbox.ts"
import type { Event } from "../source/Event.ts"
import type { Source } from "../source/Source.ts"

/** `live.participant.created` as the catalogue shows it; of somebody who accepts, the status is another. */
const ParticipantCreated = Schema.Struct({
  live: Schema.Struct({ id: Schema.String }),
  liveParticipant: Schema.Struct({ status: Schema.Literal("Invited") }),
  member: Schema.Struct({ email: Schema.optionalKey(Schema.String), id: Schema.optionalKey(Schema.String) })
})

const decodeEvent = Schema.decodeUnknownOption(ParticipantCreated)

/** Why an event is not to be mapped: it tells of an invitation that was sent from here; undefined for any other. */
export const echoOf = Effect.fnUntraced(function* (
  inbox: Inbox["Service"],
  source: Source,
  { headers, body, mediaTypes }: Event
): Effect.fn.Return<string | undefined, InboxUnavailable> {
  if (source.sender.name !== "meltingspot") return undefined
  const event = Option.flatMap(Result.getSuccess(Body.decode(headers, body, mediaTypes)), decodeEvent)
  if (Option.isNone(event)) return undefined
  const { live, member } = event.value
  for (const person of [member.email, member.id]) {
    if (person === undefined) continue
    const ours = yield* inbox.called(source.spot, live.id, person)
    if (ours !== undefined) return `MeltingSpot tells of ${ours}, which was sent from here`
  }
  return undefined
})
