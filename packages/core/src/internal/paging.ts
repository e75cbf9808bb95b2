/** Reads all pages of a list as one stream, without knowing the number of the first page. */
import { Effect, Option, Stream } from "effect"
import { wholeNumberFlaw } from "./optionChecks.ts"
import type { TimestampUnit } from "./query.ts"

/**
 * @internal
 */
export interface Page<A> {
  readonly items: ReadonlyArray<A>
  readonly total: number
}

/**
 * How a list is read.
 *
 * @category models
 */
export interface PageOptions {
  /** Elements in one call, 1 or more. Default and maximum are the upstream's, and not documented. */
  readonly pageSize?: number | undefined
  /** The number of the first page, which is not documented. Setting it saves a call. Default: detected. */
  readonly firstPage?: number | undefined
}

/** How a list with dates in its filter is read. */
export interface DatedOptions extends PageOptions {
  /** How dates in the filter are written. The reference says "Unix timestamp", without a unit. Default: `seconds`. */
  readonly timestampUnit?: TimestampUnit | undefined
}

interface Position {
  readonly page: number | undefined
  readonly previous: ReadonlySet<string>
  readonly seen: number
}

/** Describes invalid options; `undefined` for valid ones. */
export const flawOf = ({ pageSize, firstPage }: PageOptions): string | undefined =>
  wholeNumberFlaw("pageSize", pageSize ?? 1, 1) ?? wholeNumberFlaw("firstPage", firstPage ?? 0, 0)

/**
 * The reference does not say whether the first page is 0 or 1. So the stream requests the first page without a number,
 * then pages 1, 2 and so on, and drops the elements of the page before: one extra call if pages count from 1, and none if
 * they count from 0.
 */
export const paginate = <A extends { readonly id: string }, E, R>(
  firstPage: number | undefined,
  fetch: (page: number | undefined) => Effect.Effect<Page<A>, E, R>
): Stream.Stream<A, E, R> =>
  Stream.paginate<Position, A, E, R>({ page: firstPage, previous: new Set(), seen: 0 }, (position) =>
    Effect.map(fetch(position.page), ({ items, total }) => {
      const { page, previous, seen } = position
      const fresh = items.filter(({ id }) => !previous.has(id))
      const soFar = seen + fresh.length
      const isOver = items.length === 0 || soFar >= total || (fresh.length === 0 && page !== 1)
      const next: Position = {
        page: page === undefined ? 1 : page + 1,
        previous: new Set(items.map(({ id }) => id)),
        seen: soFar
      }
      return [fresh, isOver ? Option.none() : Option.some(next)] as const
    })
  )
