/** All pages of a list as one stream, without knowing what number the first page has. */
import { Effect, Option, Schema, Stream } from "effect"
import { LiveId } from "../Invitation.ts"
import type { ListError } from "../InviteError.ts"
import type { ListOptions } from "../LiveParticipants.ts"
import type { Participant, ParticipantPage } from "../Participant.ts"
import { matchesNobody, toQuery } from "../ParticipantFilter.ts"
import { malformed, refuseValues } from "./invitation.ts"
import { wholeNumberFlaw } from "./optionChecks.ts"

interface Position {
  readonly page: number | undefined
  readonly previous: ReadonlySet<string>
  readonly seen: number
}

const decodeLiveId = Schema.decodeUnknownEffect(LiveId)

/**
 * The reference does not say whether the first page is 0 or 1. So the first one is asked for without a number, then
 * follow 1, 2 and so on, and whatever repeats the page before is dropped: one call too many when pages count from 1,
 * and none when they count from 0.
 */
export const list =
  (fetch: (liveId: string, query: string) => Effect.Effect<ParticipantPage, ListError>) =>
  ({ liveId, filter = {}, pageSize, firstPage }: ListOptions): Stream.Stream<Participant, ListError> => {
    const narrowed = toQuery(filter)

    const next = Effect.fn("LiveParticipants.list")(function* ({ page, previous, seen }: Position) {
      yield* Effect.annotateCurrentSpan({ "live.id": liveId, ...(page === undefined ? {} : { page }) })
      const { items, total } = yield* fetch(liveId, queryString({ page, limit: pageSize }, narrowed))
      const fresh = items.filter(({ id }) => !previous.has(id))
      const soFar = seen + fresh.length
      const isOver = items.length === 0 || soFar >= total || (fresh.length === 0 && page !== 1)
      const position: Position = {
        page: page === undefined ? 1 : page + 1,
        previous: new Set(items.map(({ id }) => id)),
        seen: soFar
      }
      return [fresh, isOver ? Option.none() : Option.some(position)] as const
    })

    const checked = Effect.andThen(
      Effect.mapError(decodeLiveId(liveId), malformed(liveId)),
      refuseValues(
        liveId,
        wholeNumberFlaw("pageSize", pageSize ?? 1, 1),
        wholeNumberFlaw("firstPage", firstPage ?? 0, 0)
      )
    )
    if (matchesNobody(filter)) return Stream.fromEffectDrain(checked)
    return Stream.fromEffectDrain(checked).pipe(
      Stream.concat(
        Stream.paginate<Position, Participant, ListError>(
          { page: firstPage, previous: new Set(), seen: 0 },
          next
        )
      )
    )
  }

/** Brackets stay as they are: the documentation shows them so. */
const queryString = (
  paging: Readonly<Record<string, number | undefined>>,
  narrowed: ReadonlyArray<readonly [string, string]>
): string => {
  const pairs = [
    ...Object.entries(paging).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, `${value}`] as const]
    ),
    ...narrowed
  ]
  return pairs.length === 0
    ? ""
    : `?${pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`
}
