/**
 * Two `LiveParticipants` for tests of programs that invite: the real one over a MeltingSpot in memory, and a double that
 * follows a script and records its calls.
 */
import { Array, Context, DateTime, type Duration, Effect, Layer, Redacted, Ref, Schema } from "effect"
import { layerUnlimited } from "./Budget.ts"
import type { FaultInput } from "./Fault.ts"
import { type Faults, layer as layerFaults } from "./Faults.ts"
import { type Calls, decodeOccasion, inviteBulk } from "./internal/bulk.ts"
import { decodeInvitation } from "./internal/invitation.ts"
import { ensuring } from "./internal/ensuring.ts"
import { tracedInvite } from "./internal/inviteSpan.ts"
import { matches } from "./internal/memory/participants.ts"
import { list } from "./internal/pages.ts"
import { inviteMany, inviteRows } from "./internal/rows.ts"
import { type Invitation, memberKey } from "./Invitation.ts"
import type { BulkInvitationPayload } from "./InvitationPayload.ts"
import {
  AlreadyInvited,
  type BulkError,
  type InviteError,
  type UndecodableAnswer,
  UpstreamUnavailable
} from "./InviteError.ts"
import { type Bulk, type BulkAnswer, layer, LiveParticipants } from "./LiveParticipants.ts"
import { layer as layerSpot, type MeltingSpot, type Options } from "./MeltingSpotMemory.ts"
import { layerHttpClientFaulty } from "./MeltingSpotServer.ts"
import { Participant } from "./Participant.ts"
import { ParticipantQuery } from "./ParticipantFilter.ts"

type BulkCall = BulkInvitationPayload & { readonly liveId: string }

const decodeQuery = Schema.decodeUnknownEffect(ParticipantQuery)

/**
 * How the double answers one call.
 *
 * @category models
 */
export type Answer = (invitation: Invitation) => Effect.Effect<Participant, InviteError>

/**
 * How the double answers its calls; `n` is 1 for the first.
 *
 * @category models
 */
export type AnswerNth = (invitation: Invitation, n: number) => Effect.Effect<Participant, InviteError>

/**
 * How the double answers its bulk calls, with an answer for each member in their order; `n` is 1 for the first.
 *
 * @category models
 */
export type AnswerBulk = (bulk: Bulk, n: number) => Effect.Effect<ReadonlyArray<BulkAnswer>, BulkError>

/**
 * Options of the double.
 *
 * @category options
 */
export interface DoubleOptions {
  /**
   * Answers the bulk calls of `inviteMany` and `inviteRows`. Default: no bulk calls; each member of a batch is a call of
   * its own.
   */
  readonly bulk?: AnswerBulk | undefined
}

/**
 * Options of the MeltingSpot in memory, with faults.
 *
 * @category options
 */
export interface MemoryOptions extends Options {
  /** The faults, as in the sandbox: `[{ status: 503, times: 2 }]`. Default: none. */
  readonly faults?: ReadonlyArray<FaultInput> | undefined
}

/**
 * Records the calls of the double, oldest first. Invitations that the real `LiveParticipants` would not send are left out.
 *
 * @category services
 */
export class Recorder extends Context.Service<
  Recorder,
  {
    /** The invitations of `invite`, and of batch members that were called one by one. */
    readonly invitations: Effect.Effect<ReadonlyArray<Invitation>>
    /** The bulk calls. */
    readonly bulks: Effect.Effect<ReadonlyArray<Bulk>>
  }
>()("@usher/core/testing/Recorder") {}

/**
 * Answers `201` with a participant made from the invitation.
 *
 * @category answers
 */
export const invited: Answer = (invitation) =>
  Effect.map(DateTime.now, (invitedAt) => participant(invitation, { invitedAt }))

/**
 * Answers `200`.
 *
 * @category answers
 */
export const alreadyInvited: Answer = ({ liveId }) => Effect.fail(new AlreadyInvited({ liveId }))

/**
 * Fails every call with this error.
 *
 * @category answers
 */
export const fails =
  (error: InviteError): Answer =>
  () =>
    Effect.fail(error)

/**
 * Answers `503` to every call. `layerWith(down)` stays down.
 *
 * @category answers
 */
export const down: Answer = ({ liveId }) =>
  Effect.fail(new UpstreamUnavailable({ liveId, reason: "ServerError", mayHaveArrived: true, status: 503 }))

/**
 * The same answer after a delay.
 *
 * @category answers
 */
export const after =
  (delay: Duration.Input, answer: Answer = invited): Answer =>
  (invitation) =>
    Effect.delay(answer(invitation), delay)

/**
 * The same answer `n` times: `...times(2, fails(rateLimited))`.
 *
 * @category answers
 */
export const times = (n: number, answer: Answer): ReadonlyArray<Answer> => Array.replicate(answer, n)

/**
 * The answers in order, one for each call, then `afterwards` for all later calls. Default: `invited`.
 *
 * @category answers
 */
export const inOrder =
  (answers: ReadonlyArray<Answer>, afterwards: Answer = invited): AnswerNth =>
  (invitation, n) =>
    (answers[n - 1] ?? afterwards)(invitation)

/**
 * A participant such as the upstream would return for this invitation.
 *
 * @category constructors
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
 * A double that answers each call of `invite`, and each member of a batch, by this function. It refuses the invitations
 * that the real one refuses before a call. `list` returns the invited people.
 *
 * @category layers
 */
export const layerWith = (
  answer: AnswerNth,
  options: DoubleOptions = {}
): Layer.Layer<LiveParticipants | Recorder> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const invitations = yield* Ref.make<ReadonlyArray<Invitation>>([])
      const bulks = yield* Ref.make<ReadonlyArray<Bulk>>([])
      const participants = yield* Ref.make<ReadonlyArray<Participant>>([])
      const invite = tracedInvite(
        Effect.fnUntraced(function* (given, span) {
          const invitation = yield* decodeInvitation(given)
          span.attribute("live.id", invitation.liveId)
          const n = yield* Ref.modify(invitations, (seen) => [
            seen.length + 1,
            Array.append(seen, invitation)
          ])
          const participant = yield* answer(invitation, n)
          yield* Ref.update(participants, Array.append(participant))
          return participant
        })
      )
      const { bulk } = options
      const inviteTogether = (bulk: AnswerBulk) =>
        Effect.fnUntraced(function* ({
          members: { spotMemberIds = [], emails = [] },
          ...occasion
        }: BulkCall) {
          const asked: Bulk = { ...occasion, members: [...spotMemberIds, ...emails] }
          const n = yield* Ref.modify(bulks, (seen) => [seen.length + 1, Array.append(seen, asked)])
          const answers = yield* bulk(asked, n)
          const listed = new Map<string, Participant | UndecodableAnswer>()
          for (const [at, member] of asked.members.entries()) {
            const found = answers[at]
            if (found !== undefined) listed.set(memberKey(member), found)
          }
          const invited = answers.filter((found) => found instanceof Participant)
          yield* Ref.update(participants, Array.appendAll(invited))
          return listed
        })
      const listAll = list((liveId, query) =>
        Effect.gen(function* () {
          const asked = yield* Effect.orDie(decodeQuery(Object.fromEntries(new URLSearchParams(query))))
          const found = (yield* Ref.get(participants)).filter(
            (participant) => participant.liveId === liveId && matches(participant, asked)
          )
          return { items: found, total: found.length }
        })
      )
      const calls: Calls = {
        one: invite,
        ...(bulk === undefined ? {} : { many: inviteTogether(bulk) }),
        list: () => listAll
      }
      const double = LiveParticipants.of({
        invite,
        ensureInvited: ensuring(invite),
        inviteMany: inviteMany(calls),
        inviteRows: inviteRows(calls),
        inviteBulk: inviteBulk(inviteTogether(bulk ?? oneByOne(invite))),
        list: listAll
      })
      return Context.make(LiveParticipants, double).pipe(
        Context.add(Recorder, { invitations: Ref.get(invitations), bulks: Ref.get(bulks) })
      )
    })
  )

/** Answers a bulk call by single calls. */
const oneByOne =
  (invite: LiveParticipants["Service"]["invite"]): AnswerBulk =>
  (bulk) =>
    Effect.flatMap(Effect.orDie(decodeOccasion(bulk)), (occasion) =>
      Effect.forEach(bulk.members, (member) =>
        invite({ ...occasion, member }).pipe(
          Effect.catchTags({
            AlreadyInvited: () => Effect.undefined,
            UndecodableAnswer: (error) => Effect.succeed(error)
          })
        )
      )
    )

/**
 * A double that uses the answers in order, one for each `invite` and each member of a batch. Afterwards it invites everyone.
 *
 * @category layers
 */
export const layerScripted = (...script: ReadonlyArray<Answer>): Layer.Layer<LiveParticipants | Recorder> =>
  layerWith(inOrder(script))

/**
 * The real `LiveParticipants` without limits, over a MeltingSpot in memory that a test can inspect. A test can change the
 * faults.
 *
 * @category layers
 */
export const layerMemory = ({ faults, ...options }: MemoryOptions = {}): Layer.Layer<
  LiveParticipants | MeltingSpot | Faults
> => {
  const secretKey = Redacted.make("in-memory")
  return layer({ secretKey }).pipe(
    Layer.provide(layerUnlimited),
    Layer.provide(layerHttpClientFaulty(secretKey)),
    Layer.provideMerge(Layer.merge(layerSpot(options), layerFaults(faults)))
  )
}
