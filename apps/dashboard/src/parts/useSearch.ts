/** A search that takes longer than one request. The screen shows what is found while it goes on. */
import { useQuery } from "@tanstack/react-query"
import type { DateTime, Effect } from "effect"
import { Page } from "@usher/admin"
import { run, withinTime } from "../api/client.ts"
import { queries, type Topic } from "../api/queries.ts"

export interface Found<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
  /** Present while the search goes on: everything since then is searched. */
  readonly searchedTo?: DateTime.Utc
}

/** Searches on until the page is full or nothing is left. */
export const useSearch = <A, E, Filter extends { readonly after?: string }>(
  topic: Topic,
  filter: Filter,
  search: (filter: Filter & { readonly limit: number }) => Effect.Effect<Found<A>, E>
) => {
  const key = [topic, "search", JSON.stringify(filter)]
  return useQuery<Found<A>, Error>({
    queryKey: key,
    queryFn: async ({ signal }) => {
      let page: Found<A> = { items: [], next: filter.after ?? null }
      while (true) {
        const after = page.next === null ? {} : { after: page.next }
        const limit = Page.defaultLimit - page.items.length
        const more = await run(withinTime(search({ ...filter, ...after, limit })), signal)
        page = { ...more, items: [...page.items, ...more.items] }
        if (page.searchedTo === undefined || page.items.length >= Page.defaultLimit) break
        // A complete answer stays until the new one is complete.
        const shown = queries.getQueryData<Found<A>>(key)
        if (shown === undefined || shown.searchedTo !== undefined) queries.setQueryData(key, page)
      }
      return { items: page.items, next: page.next }
    }
  })
}
