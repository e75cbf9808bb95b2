/** A batch in as few calls as it takes, and a result for every member of it. */
import { Effect, identity, Option, Schema, Stream } from "effect"
import { type BulkInvitationPayload, Invitation, isAddress, Member, memberKey } from "../Invitation.ts"
import { MalformedPayload } from "../InviteError.ts"
import { InviteResult } from "../InviteResult.ts"
import type { BatchError, LiveParticipants } from "../LiveParticipants.ts"
import type { BulkRefusal, Listed } from "./answer.ts"
import { fitting } from "./fitting.ts"
import { wholeNumberFlaw } from "./optionChecks.ts"
import { oneLine, withoutAddresses } from "./redact.ts"
import { withPerCall, type Wrap, type WrappedBatch } from "./perCall.ts"
import { type Settled, settling } from "./settling.ts"

const { member: _, ...occasion } = Invitation.fields

/** All of an invitation but the member: what the members of one call share. */
const Occasion = Schema.Struct(occasion)

type Occasion = Effect.Success<ReturnType<typeof decodeOccasion>>

export interface Calls {
  readonly one: LiveParticipants["Service"]["invite"]
  readonly many: (
    invitation: BulkInvitationPayload & { readonly liveId: string }
  ) => Effect.Effect<Listed, BulkRefusal>
}

const { cases } = InviteResult
const decodeFields = Schema.decodeUnknownEffect(Occasion)

/** Without the fields that are undefined. */
const decodeOccasion = (batch: unknown) =>
  Effect.map(
    decodeFields(batch),
    ({ liveId, invitedBySpotMemberId: inviter, withEmailNotification: notify }) => ({
      liveId,
      ...(inviter === undefined ? {} : { invitedBySpotMemberId: inviter }),
      ...(notify === undefined ? {} : { withEmailNotification: notify })
    })
  )
const decodeMember = Schema.decodeUnknownEffect(Member)

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

export const inviteMany =
  (calls: Partial<Calls> & Pick<Calls, "one">) =>
  <E, R>(batch: WrappedBatch<E, R>): Stream.Stream<InviteResult, BatchError | E, R> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const { members, concurrency = 1 } = batch
        const { chunkSize = 100 } = batch
        yield* refuseValues(
          batch.liveId,
          wholeNumberFlaw("chunkSize", chunkSize, 1),
          wholeNumberFlaw("concurrency", concurrency, 1)
        )
        const occasion = yield* Effect.mapError(decodeOccasion(batch), malformed(batch.liveId))
        const settle = chunks(calls, occasion, chunkSize, batch.perCall ?? identity)
        const source: Stream.Stream<string, E, R> = Stream.isStream(members)
          ? members
          : Stream.fromIterable(members, { chunkSize })
        return source.pipe(
          Stream.grouped(chunkSize),
          Stream.mapEffect(settle, { concurrency }),
          Stream.flatMap(({ results, failure }) =>
            Stream.concat(
              Stream.fromIterable(results),
              Option.match(failure, { onNone: () => Stream.empty, onSome: Stream.fail })
            )
          )
        )
      })
    )

/** One call as it is: no chunks, nobody confirmed, nothing halved. */
export const inviteBulk = (calls: Pick<Calls, "many">): LiveParticipants["Service"]["inviteBulk"] =>
  Effect.fn("LiveParticipants.inviteBulk")(function* ({ members, ...batch }) {
    yield* Effect.annotateCurrentSpan({
      "live.id": withoutAddresses(batch.liveId),
      "batch.size": members.length
    })
    const refuse = malformed(batch.liveId)
    const occasion = yield* Effect.mapError(decodeOccasion(batch), refuse)
    yield* Effect.forEach(members, (member) => Effect.mapError(decodeMember(member), refuse), {
      discard: true
    })
    const listed = yield* calls.many({ ...occasion, members: byKind(members) })
    return members.map((member) => listed.get(memberKey(member)))
  })

/**
 * Settles one chunk: a result for each of its members in their order, and, when a failure that is not about a member
 * ended it, the results that stand before the first member without one.
 */
const chunks = (
  calls: Partial<Calls> & Pick<Calls, "one">,
  occasion: Occasion,
  chunkSize: number,
  perCall: Wrap
) => {
  const { many } = calls
  const fit = fitting(chunkSize)
  const settle = settling({
    one: (member) => perCall(calls.one({ ...occasion, member })),
    many: many && ((members) => perCall(many({ ...occasion, members: byKind(members) }))),
    fit
  })

  return Effect.fn("LiveParticipants.inviteMany")(function* (chunk: ReadonlyArray<string>) {
    yield* Effect.annotateCurrentSpan({ "live.id": occasion.liveId, "batch.size": chunk.length })
    const settled: Settled = new Map()
    const [valid, refused] = yield* Effect.partition(chunk, (member) =>
      Effect.mapError(decodeMember(member), (error) => ({ member, error: malformed(occasion.liveId)(error) }))
    )
    for (const { member, error } of refused) {
      settled.set(memberKey(member), cases.Rejected.make({ member, error }))
    }
    const distinct = new Map<string, string>()
    for (const member of valid) {
      if (!distinct.has(memberKey(member))) distinct.set(memberKey(member), member)
    }
    const failure = yield* Effect.option(Effect.flip(settle(settled, Array.from(distinct.values()))))
    return { results: inOrder(chunk, settled), failure }
  })
}

/** Stops before the first member without a result. Who is named twice was invited by the first mention. */
const inOrder = (chunk: ReadonlyArray<string>, settled: Settled): ReadonlyArray<InviteResult> => {
  const results = new Array<InviteResult>()
  const seen = new Set<string>()
  for (const member of chunk) {
    const key = memberKey(member)
    const result = settled.get(key)
    if (result === undefined) break
    const isInvited = result._tag !== "Rejected" && result._tag !== "Unanswered"
    const repeated = seen.has(key) && isInvited
    results.push(repeated ? cases.AlreadyInvited.make({ member }) : { ...result, member })
    seen.add(key)
  }
  return results
}

const byKind = (members: ReadonlyArray<string>): BulkInvitationPayload["members"] => {
  const emails = members.filter(isAddress)
  const spotMemberIds = members.filter((member) => !isAddress(member))
  return {
    ...(spotMemberIds.length === 0 ? {} : { spotMemberIds }),
    ...(emails.length === 0 ? {} : { emails })
  }
}

/** A bulk call where there are only single ones: an answer that names those whom each of its own invited. */
export const bulkOneByOne = (one: Calls["one"]): LiveParticipants["Service"]["inviteBulk"] =>
  Effect.fnUntraced(function* ({ members, ...batch }) {
    const occasion = yield* Effect.orDie(decodeOccasion(batch))
    return yield* Effect.forEach(members, (member) =>
      one({ ...occasion, member }).pipe(
        Effect.catchTags({
          AlreadyInvited: () => Effect.undefined,
          UndecodableAnswer: (error) => Effect.succeed(error)
        })
      )
    )
  })

/** The same where there is no bulk call. */
export const inviteOneByOne = (one: Calls["one"]): LiveParticipants["Service"]["inviteMany"] =>
  withPerCall(inviteMany({ one }))
