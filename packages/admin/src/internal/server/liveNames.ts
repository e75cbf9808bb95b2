/** Names Lives in sentences: by the title and the id, or by the id alone. */
import { Effect } from "effect"
import { type Inbox, LiveCatalog } from "@usher/engine"
import * as LiveSummary from "@usher/model/LiveSummary"

/** The name of a Live in a sentence. */
export type NameOf = (live: LiveSummary.Identity) => string

/** By the id alone. */
export const idOf: NameOf = ({ liveId }) => liveId

export const namesOf = Effect.fnUntraced(function* (
  lives: ReadonlyArray<LiveSummary.Identity>
): Effect.fn.Return<NameOf, Inbox.InboxUnavailable, LiveCatalog.LiveCatalog> {
  const titleOf = yield* LiveCatalog.LiveCatalog.use((catalog) => catalog.titles(lives))
  return (live) => LiveSummary.nameOf({ ...live, title: titleOf(live) })
})
