/** Lists the participants of a Live, page by page. */
import { Effect, Stream } from "effect"
import type { ListError } from "../InviteError.ts"
import type { ListOptions } from "./batch.ts"
import type { Participant, ParticipantPage } from "../Participant.ts"
import { decodeLiveId, refuseValues } from "./invitation.ts"
import { flawOf, paginate } from "./paging.ts"
import { ofFilter, queryString, selectsNothing } from "./query.ts"

export const list =
  (fetch: (liveId: string, query: string) => Effect.Effect<ParticipantPage, ListError>) =>
  ({ liveId, filter = {}, pageSize, firstPage }: ListOptions): Stream.Stream<Participant, ListError> => {
    const narrowed = ofFilter(filter)
    const checked = Stream.fromEffectDrain(
      Effect.andThen(decodeLiveId(liveId), refuseValues(liveId, flawOf({ pageSize, firstPage })))
    )
    if (selectsNothing(narrowed)) return checked
    const pages = paginate(
      firstPage,
      Effect.fn("LiveParticipants.list")(function* (page: number | undefined) {
        yield* Effect.annotateCurrentSpan({ "live.id": liveId, ...(page === undefined ? {} : { page }) })
        return yield* fetch(liveId, queryString([["page", page], ["limit", pageSize], ...narrowed]))
      })
    )
    return Stream.concat(checked, pages)
  }
