/** Rows that stay in place while their list changes. */

export interface Page<A> {
  /** Newest first. */
  readonly items: ReadonlyArray<A>
  /** The cursor of the next page. Null at the end of the list. */
  readonly next: string | null
}

/**
 * The held items in their order and newest state, and the number of new ones. Removed items stay while `keepsRemoved`.
 * An item that only follows the newest page is not removed. A list without items shows new ones at once.
 */
export const merge = <A>(
  held: Page<A>,
  newest: Page<A>,
  idOf: (item: A) => string,
  keepsRemoved: boolean
): Page<A> & { readonly news: number } => {
  const fresh = new Map(newest.items.map((item) => [idOf(item), item]))
  const isFresh = held.items.map((item) => fresh.has(idOf(item)))
  // Items below the last common one may be on the next page.
  const end = newest.next === null ? held.items.length : isFresh.lastIndexOf(true)
  const items = held.items
    .filter((_, index) => isFresh[index] === true || keepsRemoved || index > end)
    .map((item) => fresh.get(idOf(item)) ?? item)
  if (items.length === 0) return { ...newest, news: 0 }
  const known = new Set(held.items.map(idOf))
  return { items, next: held.next, news: newest.items.filter((item) => !known.has(idOf(item))).length }
}
