/** The span of an `invite`: which Live it was about, what came of it, and where in the program it was called. */
import { Context, Effect, References, Tracer } from "effect"
import type { Invitation } from "../Invitation.ts"
import type { InviteError } from "../InviteError.ts"
import type { Participant } from "../Participant.ts"
import { endAsSuccess } from "./requestSpan.ts"

type Outcome = Effect.Effect<Participant, InviteError>

const name = "LiveParticipants.invite"

/** What `Effect.fn` gives, for half its cost. */
export const tracedInvite = (invite: (invitation: Invitation, span: Tracer.Span) => Outcome) => {
  const entry = (invitation: Invitation): Outcome => {
    const stack = callerOf(entry)
    return Effect.useSpan(name, (span) =>
      Effect.updateContext(told(span, invite(invitation, span)), (context: Context.Context<never>) =>
        Context.add(context, Tracer.ParentSpan, span).pipe(
          Context.add(References.CurrentStackFrame, {
            name,
            stack,
            parent: Context.get(context, References.CurrentStackFrame)
          })
        )
      )
    )
  }
  return entry
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

type Entry = (invitation: Invitation) => unknown

/** What engines add to `Error`; none of it is sure to be there. */
interface Traces {
  readonly prototype: Error
  stackTraceLimit?: number
  readonly captureStackTrace?: (target: object, entry: Entry) => void
}

const traces: Traces = Error

/** Hardened environments freeze it. */
const isLimitWritable = Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable === true

/** The line that calls `entry`. The stack is captured now, and becomes text only when an error is printed. */
const callerOf = (entry: Entry): (() => string | undefined) => {
  const { stackTraceLimit: limit } = traces
  if (!isLimitWritable || !limit || traces.captureStackTrace === undefined) return nothing
  const trace: { readonly stack?: string } = {}
  traces.stackTraceLimit = 1
  traces.captureStackTrace(trace, entry)
  traces.stackTraceLimit = limit
  return () => trace.stack?.split("\n")[1]?.trim()
}

const nothing = () => undefined
