/** Reads one page of a list in memory. */

export interface Paged {
  readonly firstPage: number
  readonly pageSize: number
}

export const paged = <A>(
  items: ReadonlyArray<A>,
  { page, limit }: { readonly page?: number; readonly limit?: number },
  { firstPage, pageSize }: Paged
): { readonly items: ReadonlyArray<A>; readonly total: number } => {
  const size = limit ?? pageSize
  const from = Math.max(0, (page ?? firstPage) - firstPage) * size
  return { items: items.slice(from, from + size), total: items.length }
}
