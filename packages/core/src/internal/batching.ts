/** Combines calls of `invite` within a short window into one bulk call. */
import { Context, Deferred, Effect, Exit, identity, Request, RequestResolver, Stream, Tracer } from "effect"
import { type Invitation, memberKey } from "../Invitation.ts"
import { AlreadyInvited, type InviteError } from "../InviteError.ts"
import type { InviteResult } from "../InviteResult.ts"
import type { BatchingOptions } from "./batch.ts"
import type { LiveParticipants } from "./service.ts"
import type { Participant } from "../Participant.ts"
import { Callers } from "./callers.ts"
import { tracedInvite } from "./inviteSpan.ts"
import { withoutAddresses } from "./redact.ts"

class Invite extends Request.Class<
  {
    readonly invitation: Invitation
    /** Completed when the caller is interrupted. */
    readonly abandoned: Deferred.Deferred<void>
    /** The caller's span. */
    readonly span: Tracer.Span
  },
  Participant,
  InviteError
> {}

/** The fields that members must share to go in one call. */
const occasionOf = ({ liveId, invitedBySpotMemberId, withEmailNotification }: Invitation) =>
  JSON.stringify([liveId, invitedBySpotMemberId, withEmailNotification])

export const batched = (
  participants: LiveParticipants["Service"],
  { window = "10 millis", maxMembers = 100, confirmConcurrency, perCall = identity }: BatchingOptions
): LiveParticipants["Service"]["invite"] => {
  const resolver = RequestResolver.makeGrouped<Invite, string>({
    key: ({ request }) => occasionOf(request.invitation),
    resolver: (entries) => {
      const [first] = entries
      return participants
        .inviteRows({
          ...first.request.invitation,
          rows: entries,
          memberOf: ({ request }) => request.invitation.member,
          unordered: true,
          chunkSize: maxMembers,
          confirmConcurrency,
          perCall
        })
        .pipe(
          Stream.runForEach(({ row, result }) =>
            Effect.sync(() => row.completeUnsafe(exitOf(row.request.invitation.liveId, result)))
          ),
          Effect.catch((error) =>
            Effect.sync(() => {
              for (const entry of entries) entry.completeUnsafe(Exit.fail(error))
            })
          ),
          Effect.raceFirst(
            Effect.forEach(entries, ({ request }) => Deferred.await(request.abandoned), { discard: true })
          ),
          Effect.provideService(Callers, callersOf(entries)),
          // The call belongs to no single caller's trace.
          Effect.updateContext((context: Context.Context<never>) => Context.omit(Tracer.ParentSpan)(context))
        )
    }
  }).pipe(RequestResolver.batchN(maxMembers), RequestResolver.setDelay(window))
  return tracedInvite((invitation, span) => {
    span.attribute("live.id", withoutAddresses(invitation.liveId))
    return Effect.flatMap(Deferred.make<void>(), (abandoned) =>
      Effect.onInterrupt(Effect.request(new Invite({ invitation, abandoned, span }), resolver), () =>
        Deferred.succeed(abandoned, undefined)
      )
    )
  })
}

const callersOf = (entries: ReadonlyArray<Request.Entry<Invite>>) => {
  const callers = new Map<string, Array<Tracer.Span>>()
  for (const { request } of entries) {
    const key = memberKey(request.invitation.member)
    callers.set(key, [...(callers.get(key) ?? []), request.span])
  }
  return callers
}

const exitOf = (liveId: string, result: InviteResult): Exit.Exit<Participant, InviteError> => {
  switch (result._tag) {
    case "Invited":
      return Exit.succeed(result.participant)
    case "AlreadyInvited":
      return Exit.fail(new AlreadyInvited({ liveId }))
    case "Undecodable":
    case "Rejected":
    case "Unanswered":
      return Exit.fail(result.error)
  }
}
