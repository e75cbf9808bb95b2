/** Checks invitations before they are sent. */
import { Effect, Result, Schema } from "effect"
import { Invitation, LiveId } from "../Invitation.ts"
import { MalformedPayload } from "../InviteError.ts"
import { oneLine, withoutAddresses } from "./redact.ts"

const decodeWhole = Schema.decodeUnknownResult(Invitation)

/** The error of an invitation that is refused before it is sent. */
export const malformed =
  (liveId: string) =>
  (error: Schema.SchemaError): MalformedPayload =>
    new MalformedPayload({ liveId: withoutAddresses(liveId), reason: "BeforeCall", answer: oneLine(error) })

/** Fails with the first flaw, if there is one. */
export const refuseValues = (liveId: string, ...flaws: ReadonlyArray<string | undefined>) => {
  const answer = flaws.find((flaw) => flaw !== undefined)
  return answer === undefined
    ? Effect.void
    : Effect.fail(new MalformedPayload({ liveId: withoutAddresses(liveId), reason: "BeforeCall", answer }))
}

const decodeId = Schema.decodeUnknownEffect(LiveId)

export const decodeLiveId = (liveId: string): Effect.Effect<string, MalformedPayload> =>
  Effect.mapError(decodeId(liveId), malformed(liveId))

export const decodeInvitation = (invitation: Invitation): Effect.Effect<Invitation, MalformedPayload> =>
  Result.match(decodeWhole(invitation), {
    onFailure: (error) => Effect.fail(malformed(invitation.liveId)(error)),
    onSuccess: Effect.succeed
  })
