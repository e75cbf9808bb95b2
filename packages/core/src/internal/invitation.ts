/** An invitation that can be sent, and why one can't. */
import { Effect, Result, Schema } from "effect"
import { Invitation } from "../Invitation.ts"
import { MalformedPayload } from "../InviteError.ts"
import { oneLine, withoutAddresses } from "./redact.ts"

const decodeWhole = Schema.decodeUnknownResult(Invitation)

/** An invitation that never left. */
export const malformed =
  (liveId: string) =>
  (error: Schema.SchemaError): MalformedPayload =>
    new MalformedPayload({ liveId: withoutAddresses(liveId), reason: "BeforeCall", answer: oneLine(error) })

/** Options that no call can be made with. */
export const refuseValues = (liveId: string, ...flaws: ReadonlyArray<string | undefined>) => {
  const answer = flaws.find((flaw) => flaw !== undefined)
  return answer === undefined
    ? Effect.void
    : Effect.fail(new MalformedPayload({ liveId: withoutAddresses(liveId), reason: "BeforeCall", answer }))
}

/** An invitation that can be sent. */
export const decodeInvitation = (invitation: Invitation): Effect.Effect<Invitation, MalformedPayload> =>
  Result.match(decodeWhole(invitation), {
    onFailure: (error) => Effect.fail(malformed(invitation.liveId)(error)),
    onSuccess: Effect.succeed
  })
