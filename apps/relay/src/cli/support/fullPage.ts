/** Reads a page in several requests, because one request searches for a limited time. */
import { Effect } from "effect"
import { Page } from "@usher/admin"

interface Options {
  readonly limit?: number
  readonly after?: string
}

interface Found<A> {
  readonly items: ReadonlyArray<A>
  readonly next: string | null
  readonly searchedTo?: unknown
}

/** Searches on until the page is full or nothing is left. */
export const fullPage = Effect.fnUntraced(function* <A, E, R>(
  search: (page: Options) => Effect.Effect<Found<A>, E, R>,
  { limit = Page.defaultLimit, ...first }: Options
) {
  const items: Array<A> = []
  let options: Options = first
  while (true) {
    const found = yield* search({ ...options, limit: limit - items.length })
    items.push(...found.items)
    const { next } = found
    if (found.searchedTo === undefined || next === null || items.length >= limit) return { items, next }
    options = { after: next }
  }
})
