/** The span of an `invite`: which Live it was about, what came of it, and where in the program it was called. */
import { Effect, References, Tracer } from "effect"
import type { Invitation } from "../Invitation.ts"
import type { InviteError } from "../InviteError.ts"
import type { Participant } from "../Participant.ts"
import { endAsSuccess } from "./requestSpan.ts"

type Outcome = Effect.Effect<Participant, InviteError>

const name = "LiveParticipants.invite"

/** `Effect.fn` without its generator and its second stack, which cost a tenth of the call. */
export const tracedInvite =
  (invite: (invitation: Invitation, span: Tracer.Span) => Outcome) =>
  (invitation: Invitation): Outcome => {
    const stack = captureCallSite()
    return Effect.useSpan(name, (span) =>
      Effect.withFiber((fiber) =>
        told(span, invite(invitation, span)).pipe(
          Effect.provideService(Tracer.ParentSpan, span),
          Effect.provideService(References.CurrentStackFrame, {
            name,
            stack,
            parent: fiber.getRef(References.CurrentStackFrame)
          })
        )
      )
    )
  }

/** `AlreadyInvited` ends the span well: to import a list again is no failure. */
const told = (span: Tracer.Span, outcome: Outcome): Outcome =>
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

/** Where an engine other than V8 knows no limit, it is ignored. */
const stacks: typeof Error & { stackTraceLimit?: number | undefined } = Error

/** The line that calls `invite`. Its text is made only when it is read. */
const captureCallSite = (): (() => string | undefined) => {
  const limit = stacks.stackTraceLimit
  stacks.stackTraceLimit = 3
  const error = new Error()
  stacks.stackTraceLimit = limit
  return () => error.stack?.split("\n")[3]?.trim()
}
