/**
 * Detects echoes: MeltingSpot reports every new participant, including those that this relay invited. Without this
 * check, a relay with MeltingSpot as a source could feed itself.
 */
import { Effect, Option, Result, Schema } from "effect"
import { Body } from "@usher/signatures"
import type { Inbox, InboxUnavailable } from "../ports/Inbox.ts"
import type { Event } from "../source/Event.ts"
import type { Source } from "../source/Source.ts"

/** The event `live.participant.created`, as the catalog shows it. The status of a participant who accepts differs. */
const ParticipantCreated = Schema.Struct({
  live: Schema.Struct({ id: Schema.String }),
  liveParticipant: Schema.Struct({ status: Schema.Literal("Invited") }),
  member: Schema.Struct({ email: Schema.optionalKey(Schema.String), id: Schema.optionalKey(Schema.String) })
})

const decodeEvent = Schema.decodeUnknownOption(ParticipantCreated)

/** Why an event must not be mapped: it reports an invitation that this relay sent. Undefined for any other event. */
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
    if (ours !== undefined) return `MeltingSpot reports ${ours}, which this relay sent`
  }
  return undefined
})
