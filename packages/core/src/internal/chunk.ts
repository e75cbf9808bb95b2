/** Processes the rows of one chunk: finds the members that need a call, and emits a result for each row when it is known. */
import { Effect, Queue, Result, Schema, Stream } from "effect"
import { Member, memberKey } from "../Invitation.ts"
import { InviteResult } from "../InviteResult.ts"
import type { BatchError, RowResult } from "./batch.ts"
import { malformed } from "./invitation.ts"
import type { Known, Named } from "./known.ts"
import type { Settle } from "./settling.ts"

interface Options {
  readonly liveId: string
  /** Invites these members, without repetitions. */
  readonly settle: (settle: Settle, members: ReadonlyArray<string>) => Effect.Effect<void, BatchError>
  readonly known: Known | undefined
  readonly isOrdered: boolean
}

const { cases } = InviteResult
const decodeMember = Schema.decodeUnknownResult(Member)

/** The results of a chunk. The known results come before a failure that concerns no member. */
export const chunks = <Row>({ liveId, settle, known, isOrdered }: Options) => {
  const run = Effect.fn("LiveParticipants.inviteMany")(function* (
    chunk: ReadonlyArray<Named<Row>>,
    emit: (at: number, result: InviteResult) => void
  ) {
    yield* Effect.annotateCurrentSpan({ "live.id": liveId, "batch.size": chunk.length })
    const places = new Map<string, Array<number>>()
    const members = new Map<string, string>()
    for (const [at, { member }] of chunk.entries()) {
      const decoded = decodeMember(member)
      if (Result.isFailure(decoded)) {
        emit(at, cases.Rejected.make({ member, error: malformed(liveId)(decoded.failure) }))
        continue
      }
      const key = memberKey(member)
      if (known?.has(key)) {
        emit(at, cases.AlreadyInvited.make({ member }))
        continue
      }
      const others = places.get(key)
      if (others === undefined) places.set(key, [at])
      else others.push(at)
      if (!members.has(key)) members.set(key, member)
    }
    const take: Settle = (member, result) => {
      const key = memberKey(member)
      const isInvited = result._tag !== "Rejected" && result._tag !== "Unanswered"
      if (isInvited) known?.add(key)
      for (const [mention, at] of (places.get(key) ?? []).entries()) {
        const named = chunk[at]?.member ?? member
        // A row that repeats a member was invited by the first row.
        const isRepeated = mention > 0 && isInvited
        emit(at, isRepeated ? cases.AlreadyInvited.make({ member: named }) : { ...result, member: named })
      }
    }
    yield* settle(take, Array.from(members.values()))
  })

  return (chunk: ReadonlyArray<Named<Row>>): Stream.Stream<RowResult<Row>, BatchError> =>
    Stream.callback<RowResult<Row>, BatchError>((queue) => {
      const offer = (at: number, result: InviteResult) => {
        const named = chunk[at]
        if (named !== undefined) Queue.offerUnsafe(queue, { row: named.row, result })
      }
      return Effect.matchCauseEffect(run(chunk, isOrdered ? inOrder(offer) : offer), {
        onSuccess: () => Queue.end(queue),
        onFailure: (cause) => Queue.failCause(queue, cause)
      })
    })
}

/** Delays results until all earlier ones are emitted. */
const inOrder = (offer: (at: number, result: InviteResult) => void) => {
  const early = new Map<number, InviteResult>()
  let next = 0
  return (at: number, result: InviteResult) => {
    early.set(at, result)
    for (let due = early.get(next); due !== undefined; due = early.get(next)) {
      early.delete(next)
      offer(next++, due)
    }
  }
}
