/** Invites a batch in as few calls as possible, with a result for every row. */
import { Effect, identity, Scope, Semaphore, Stream } from "effect"
import type { BatchError, RowResult } from "./batch.ts"
import type { LiveParticipants } from "./service.ts"
import { byKind, type Calls, decodeOccasion } from "./bulk.ts"
import { malformed, refuseValues } from "./invitation.ts"
import { serving } from "./callers.ts"
import { chunks } from "./chunk.ts"
import { fitting } from "./fitting.ts"
import { grouping, type Known, type Named, readKnown } from "./known.ts"
import { wholeNumberFlaw } from "./optionChecks.ts"
import { withPerCall, type WrappedBatch } from "./perCall.ts"
import { settling } from "./settling.ts"

/** A row may lack its member in spite of its type, as with a missing column of a CSV: then the member is refused. */
const textOf = (member: unknown): string => (typeof member === "string" ? member : "")

export const inviteRows = (calls: Calls): LiveParticipants["Service"]["inviteRows"] =>
  withPerCall(wrapped(calls))

const wrapped =
  (calls: Calls) =>
  <Row, E, R>(batch: WrappedBatch<Row, E, R>): Stream.Stream<RowResult<Row>, BatchError | E, R> =>
    Stream.unwrap(
      Effect.gen(function* () {
        const { rows, memberOf, perCall = identity, listFirst = false } = batch
        const { one, many } = calls
        const { chunkSize = 100, concurrency = 1, confirmConcurrency = 10 } = batch
        yield* refuseValues(
          batch.liveId,
          wholeNumberFlaw("chunkSize", chunkSize, 1),
          wholeNumberFlaw("concurrency", concurrency, 1),
          wholeNumberFlaw("confirmConcurrency", confirmConcurrency, 1)
        )
        const occasion = yield* Effect.mapError(decodeOccasion(batch), malformed(batch.liveId))
        const known: Known | undefined =
          listFirst === false ? undefined : yield* readKnown(calls.list(perCall), occasion.liveId, listFirst)
        const settle = settling({
          one: (member) => serving([member], perCall(one({ ...occasion, member }))),
          many:
            many && ((members) => serving(members, perCall(many({ ...occasion, members: byKind(members) })))),
          fit: fitting(chunkSize),
          confirming: confirmConcurrency
        })
        const settled = chunks<Row>({ liveId: occasion.liveId, settle, known, isOrdered: !batch.unordered })
        const source: Stream.Stream<Row, E, R> = Stream.isStream(rows)
          ? rows
          : Stream.fromIterable(rows, { chunkSize })
        const groups = source.pipe(
          Stream.map((row): Named<Row> => ({ row, member: textOf(memberOf(row)) })),
          grouping(chunkSize, known)
        )
        return concurrency > 1 && !batch.unordered
          ? ahead(groups, settled, concurrency)
          : Stream.flatMap(groups, settled, { concurrency })
      })
    )

/** Runs several streams at the same time, and emits their elements in the order of the streams. `flatMap` would mix them. */
const ahead = <A, B, E, E2, R>(
  source: Stream.Stream<A, E, R>,
  open: (element: A) => Stream.Stream<B, E2>,
  concurrency: number
): Stream.Stream<B, E | E2, R> =>
  Stream.unwrap(
    Effect.map(Effect.scope, (scope) => {
      const permits = Semaphore.makeUnsafe(concurrency)
      const start = (element: A) =>
        Effect.andThen(
          permits.take(1),
          Scope.provide(Stream.toQueue(open(element), { capacity: "unbounded" }), scope)
        )
      return source.pipe(
        Stream.mapEffect(start),
        Stream.buffer({ capacity: "unbounded" }),
        Stream.flatMap((queue) => Stream.ensuring(Stream.fromQueue(queue), permits.release(1)))
      )
    })
  )

/** `inviteRows` for members without rows. */
export const inviteMany =
  (calls: Calls): LiveParticipants["Service"]["inviteMany"] =>
  ({ members, ...batch }) =>
    Stream.map(inviteRows(calls)({ ...batch, rows: members, memberOf: identity }), ({ result }) => result)
