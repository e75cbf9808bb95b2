/**
 * Two `LiveParticipants` for tests of programs that invite: one that works, on a MeltingSpot in memory, and one that
 * follows a script and remembers what it was asked.
 *
 * @since 0.1.0
 */
import { Array, Context, DateTime, type Duration, Effect, Layer, Redacted, Ref, Stream } from "effect"
import { layerUnlimited } from "./Budget.ts"
import { bulkOneByOne, inviteOneByOne } from "./internal/bulk.ts"
import { ensuring } from "./internal/ensuring.ts"
import type { Invitation } from "./Invitation.ts"
import { AlreadyInvited, type InviteError } from "./InviteError.ts"
import { layer, LiveParticipants } from "./LiveParticipants.ts"
import { layer as layerSpot, type MeltingSpot, type Options } from "./MeltingSpotMemory.ts"
import { layerHttpClient } from "./MeltingSpotServer.ts"
import { Participant } from "./Participant.ts"

/**
 * How the double answers one call.
 *
 * @category models
 * @since 0.1.0
 */
export type Answer = (invitation: Invitation) => Effect.Effect<Participant, InviteError>

/**
 * What the double was asked, oldest first; the members of a batch one by one.
 *
 * @category services
 * @since 0.1.0
 */
export class Recorder extends Context.Service<
  Recorder,
  {
    /** Of all calls up to now. */
    readonly invitations: Effect.Effect<ReadonlyArray<Invitation>>
  }
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
 * Answers `200`.
 *
 * @category answers
 * @since 0.1.0
 */
export const alreadyInvited: Answer = ({ liveId }) => Effect.fail(new AlreadyInvited({ liveId }))

/**
 * Fails with this error, whatever it was asked.
 *
 * @category answers
 * @since 0.1.0
 */
export const fails =
  (error: InviteError): Answer =>
  () =>
    Effect.fail(error)

/**
 * The same answer, after a while.
 *
 * @category answers
 * @since 0.1.0
 */
export const after =
  (delay: Duration.Input, answer: Answer = invited): Answer =>
  (invitation) =>
    Effect.delay(answer(invitation), delay)

/**
 * The same answer so many times: `...times(2, fails(rateLimited))`.
 *
 * @category answers
 * @since 0.1.0
 */
export const times = (n: number, answer: Answer): ReadonlyArray<Answer> => Array.replicate(answer, n)

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
 * The answers are used in their order, one for each `invite` and for each member of a batch; once they are used up,
 * everybody is invited. `list` gives whom the script invited, and knows no filters: `MeltingSpotMemory` does.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerScripted = (...script: ReadonlyArray<Answer>): Layer.Layer<LiveParticipants | Recorder> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const calls = yield* Ref.make<ReadonlyArray<Invitation>>([])
      const participants = yield* Ref.make<ReadonlyArray<Participant>>([])
      const invite = Effect.fn("LiveParticipants.invite")(function* (invitation: Invitation) {
        const index = yield* Ref.modify(calls, (seen) => [seen.length, Array.append(seen, invitation)])
        const participant = yield* (script[index] ?? invited)(invitation)
        yield* Ref.update(participants, Array.append(participant))
        return participant
      })
      const double = LiveParticipants.of({
        invite,
        ensureInvited: ensuring(invite),
        inviteMany: inviteOneByOne(invite),
        inviteBulk: bulkOneByOne(invite),
        list: ({ liveId }) =>
          Stream.fromIterableEffect(Ref.get(participants)).pipe(
            Stream.filter((participant) => participant.liveId === liveId)
          )
      })
      return Context.make(LiveParticipants, double).pipe(
        Context.add(Recorder, { invitations: Ref.get(calls) })
      )
    })
  )

/**
 * The real `LiveParticipants`, without a budget, before a MeltingSpot in memory, which a test can look into.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerMemory = (options?: Options): Layer.Layer<LiveParticipants | MeltingSpot> => {
  const secretKey = Redacted.make("in-memory")
  return layer({ secretKey }).pipe(
    Layer.provide(layerUnlimited),
    Layer.provide(layerHttpClient(secretKey)),
    Layer.provideMerge(layerSpot(options))
  )
}
