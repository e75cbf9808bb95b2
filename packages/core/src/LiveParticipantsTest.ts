/**
 * A `LiveParticipants` that follows a script and remembers what it was asked: for tests of programs that invite.
 *
 * @since 0.1.0
 */
import { Array, Context, DateTime, Effect, Layer, Ref } from "effect"
import type { Invitation } from "./Invitation.ts"
import type { InviteError } from "./InviteError.ts"
import { LiveParticipants } from "./LiveParticipants.ts"
import { Participant } from "./Participant.ts"

/**
 * How the double answers one call.
 *
 * @category models
 * @since 0.1.0
 */
export type Answer = (invitation: Invitation) => Effect.Effect<Participant, InviteError>

/**
 * What the double was asked, oldest first.
 *
 * @category services
 * @since 0.1.0
 */
export class Recorder extends Context.Service<
  Recorder,
  { readonly invitations: Effect.Effect<ReadonlyArray<Invitation>> }
>()("@usher/core/testing/Recorder") {}

/**
 * Answers `201` with a participant made from the invitation.
 *
 * @category answers
 * @since 0.1.0
 */
export const invited: Answer = (invitation) =>
  Effect.map(DateTime.now, (invitedAt) => participant(invitation, { invitedAt }))

/**
 * A participant such as the upstream would return for this invitation.
 *
 * @category constructors
 * @since 0.1.0
 */
export const participant = (invitation: Invitation, fields?: Partial<Participant>): Participant =>
  new Participant({
    id: `participant-${invitation.member}`,
    liveId: invitation.liveId,
    spotMemberId: `member-${invitation.member}`,
    spotMemberEmail: invitation.member,
    spotMemberFirstname: null,
    spotMemberLastname: null,
    status: "Invited",
    type: "Participant",
    invitedAt: null,
    registeredAt: null,
    isHighlighted: false,
    metrics: { viewTime: null, hasReplayed: null, hasParticipated: null },
    ...fields
  })

/**
 * The answers are used in their order; once they are used up, everybody is invited.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerScripted = (...script: ReadonlyArray<Answer>): Layer.Layer<LiveParticipants | Recorder> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const calls = yield* Ref.make<ReadonlyArray<Invitation>>([])
      const invite = Effect.fn("LiveParticipants.invite")(function* (invitation: Invitation) {
        const index = yield* Ref.modify(calls, (seen) => [seen.length, Array.append(seen, invitation)])
        return yield* (script[index] ?? invited)(invitation)
      })
      return Context.make(LiveParticipants, LiveParticipants.of({ invite })).pipe(
        Context.add(Recorder, { invitations: Ref.get(calls) })
      )
    })
  )
