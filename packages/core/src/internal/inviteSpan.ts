/** The span of an `invite`, with the Live and the outcome. */
import { Effect, type Tracer } from "effect"
import type { Invitation } from "../Invitation.ts"
import type { InviteError } from "../InviteError.ts"
import type { Participant } from "../Participant.ts"
import { endAsSuccess } from "./requestSpan.ts"

type Outcome = Effect.Effect<Participant, InviteError>

export const tracedInvite = (
  invite: (invitation: Invitation, span: Tracer.Span) => Outcome
): ((invitation: Invitation) => Outcome) =>
  Effect.fn("LiveParticipants.invite")((invitation: Invitation) =>
    Effect.flatMap(Effect.orDie(Effect.currentSpan), (span) => withOutcome(span, invite(invitation, span)))
  )

/** `AlreadyInvited` ends the span as a success: importing a list again is no failure. */
const withOutcome = (span: Tracer.Span, outcome: Outcome): Outcome =>
  Effect.matchEffect(outcome, {
    onSuccess: (participant) => {
      span.attribute("invitation.outcome", "Invited")
      return Effect.succeed(participant)
    },
    onFailure: (error): Outcome => {
      span.attribute("invitation.outcome", error._tag)
      const failure = Effect.fail(error)
      return error._tag === "AlreadyInvited" ? Effect.andThen(endAsSuccess(span), failure) : failure
    }
  })
