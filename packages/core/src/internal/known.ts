/** Who is a participant already, as a list read before the first invitation says. */
import { Effect, Stream } from "effect"
import { memberKey } from "../Invitation.ts"
import type { ListError } from "../InviteError.ts"
import type { BatchError, ListFirst } from "./batch.ts"
import type { LiveParticipants } from "./service.ts"

/** A row and the member that it names. */
export interface Named<Row> {
  readonly row: Row
  readonly member: string
}

/** By `memberKey` of their address, and by their member id. */
export type Known = Set<string>

/** To invite one of another status again may do something. */
const settledStatuses: ReadonlySet<string> = new Set(["Invited", "Accepted"])

/** Reads all pages. A list that is refused or can't be read leaves out members, who are then invited as any other. */
export const readKnown = Effect.fnUntraced(function* (
  list: LiveParticipants["Service"]["list"],
  liveId: string,
  listFirst: true | ListFirst
): Effect.fn.Return<Known, BatchError> {
  const known: Known = new Set()
  const { firstPage, pageSize = 100 } = listFirst === true ? {} : listFirst
  const read = (pageSize?: number): Effect.Effect<void, ListError> =>
    Stream.runForEach(list({ liveId, firstPage, pageSize }), ({ status, spotMemberEmail, spotMemberId }) =>
      Effect.sync(() => {
        if (!settledStatuses.has(status)) return
        known.add(memberKey(spotMemberEmail))
        known.add(spotMemberId)
      })
    )
  const unread = (error: ListError) =>
    Effect.logDebug(`The participants can't be listed first: ${error.message}`)
  yield* read(pageSize).pipe(
    // The upstream documents no maximum: the size may be what it refuses.
    Effect.catchTag("UnexpectedStatus", () => read()),
    Effect.catchTags({ UnexpectedStatus: unread, UndecodableAnswer: unread })
  )
  return known
})

/** Members known in a group for each that is not: they cost no call. */
const ratio = 20

/** In groups of so many that need a call. */
export const grouping =
  (size: number, known: Known | undefined) =>
  <Row, E, R>(rows: Stream.Stream<Named<Row>, E, R>): Stream.Stream<ReadonlyArray<Named<Row>>, E, R> => {
    if (known === undefined) return Stream.grouped(rows, size)
    let group = new Array<Named<Row>>()
    let unknown = 0
    const cut = () => {
      const full = group
      group = []
      unknown = 0
      return full.length === 0 ? [] : [full]
    }
    return Stream.mapAccum(
      rows,
      () => undefined,
      (state, named) => {
        group.push(named)
        if (!known.has(memberKey(named.member))) unknown++
        return [state, unknown >= size || group.length >= size * ratio ? cut() : []]
      },
      { onHalt: cut }
    )
  }
