/** The existing participants of a Live, as listed before the first invitation. */
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

/** Participants by `memberKey` of their address, and by member id. */
export type Known = Set<string>

/** Inviting a participant of another status again may have an effect. */
const settledStatuses: ReadonlySet<string> = new Set(["Invited", "Accepted"])

/** Reads all pages. Members who are missing because the list is refused or unreadable are invited as any other. */
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
    // The upstream documents no maximum, so the page size may be the reason.
    Effect.catchTag("UnexpectedStatus", () => read()),
    Effect.catchTags({ UnexpectedStatus: unread, UndecodableAnswer: unread })
  )
  return known
})

/** The maximum ratio of known members, who need no call, to others in a group. */
const ratio = 20

/** Groups rows so that `size` members of each group need a call. */
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
