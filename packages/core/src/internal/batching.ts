/** Calls of `invite` that meet within a moment leave as one bulk call. */
import { Deferred, Effect, Exit, identity, Request, RequestResolver, Stream } from "effect"
import type { Invitation } from "../Invitation.ts"
import { AlreadyInvited, type InviteError } from "../InviteError.ts"
import type { InviteResult } from "../InviteResult.ts"
import type { BatchingOptions, LiveParticipants } from "../LiveParticipants.ts"
import type { Participant } from "../Participant.ts"

class Invite extends Request.Class<
  {
    readonly invitation: Invitation
    /** Done when nobody waits for the outcome any more. */
    readonly abandoned: Deferred.Deferred<void>
  },
  Participant,
  InviteError
> {}

/** What members must share to go in one call. */
const occasionOf = ({ liveId, invitedBySpotMemberId, withEmailNotification }: Invitation) =>
  JSON.stringify([liveId, invitedBySpotMemberId, withEmailNotification])

export const batched = (
  participants: LiveParticipants["Service"],
  { window = "10 millis", maxMembers = 100, perCall = identity }: BatchingOptions
): LiveParticipants["Service"]["invite"] => {
  const resolver = RequestResolver.makeGrouped<Invite, string>({
    key: ({ request }) => occasionOf(request.invitation),
    resolver: (entries) => {
      const [first] = entries
      const waiting = entries.values()
      const answerNext = (exit: Exit.Exit<Participant, InviteError>) =>
        Effect.sync(() => waiting.next().value?.completeUnsafe(exit))
      return participants
        .inviteMany({
          ...first.request.invitation,
          members: entries.map(({ request }) => request.invitation.member),
          chunkSize: maxMembers,
          perCall
        })
        .pipe(
          Stream.runForEach((result) => answerNext(exitOf(first.request.invitation.liveId, result))),
          Effect.catch((error) =>
            Effect.sync(() => {
              for (const entry of waiting) entry.completeUnsafe(Exit.fail(error))
            })
          ),
          Effect.raceFirst(
            Effect.forEach(entries, ({ request }) => Deferred.await(request.abandoned), { discard: true })
          )
        )
    }
  }).pipe(RequestResolver.batchN(maxMembers), RequestResolver.setDelay(window))
  return Effect.fn("LiveParticipants.invite")(function* (invitation: Invitation) {
    const abandoned = yield* Deferred.make<void>()
    return yield* Effect.request(new Invite({ invitation, abandoned }), resolver).pipe(
      Effect.onInterrupt(() => Deferred.succeed(abandoned, undefined))
    )
  })
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
