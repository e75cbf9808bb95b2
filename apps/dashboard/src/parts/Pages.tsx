/** A table in pages. The rows hold still while new ones arrive, so that nobody opens another row than the one aimed at. */
import type { UseQueryResult } from "@tanstack/react-query"
import { Schema } from "effect"
import { type ReactNode, useEffect, useRef, useState } from "react"
import { useSearch } from "wouter"
import { hrefOf, navigate, useParameters } from "../location.ts"
import { useMayAct } from "../session/session.ts"
import { Button } from "./Button.tsx"
import { DataTable, type TableOf } from "./DataTable.tsx"
import { merge } from "./merge.ts"
import { count } from "./number.ts"
import { SelectionBar, type Target } from "./Selecting.tsx"
import { Empty, Shown } from "./Shown.tsx"
import { Ago } from "./time.tsx"
import type { Found } from "./useSearch.ts"

interface Acts {
  /** Buttons that change the selected rows, or all that match the filter. */
  readonly acts?: (target: Target) => ReactNode
}

interface Props<A> extends TableOf<A>, Acts {
  readonly query: UseQueryResult<Found<A>>
}

export const Pages = <A,>({ query, ...table }: Props<A>) => {
  const { get, set } = useParameters()
  const address = useSearch()
  // An answer that is fresh in the cache may still lack what has just come.
  useEffect(() => {
    if (!query.isFetchedAfterMount) void query.refetch({ cancelRefetch: false })
  }, [address])
  // The client refuses a cursor that no page gave, as the relay does.
  if (query.data === undefined && get("after") !== "" && Schema.isSchemaError(query.error)) {
    return (
      <div className="note tone-bad trouble" role="alert">
        <p>This link is not valid: the list has no such page.</p>
        <Button onPress={() => set({})}>First page</Button>
      </div>
    )
  }
  return (
    <Shown query={query} waiting="rows">
      {(page) => (
        <StillPage
          {...table}
          page={page}
          isBusy={query.isPlaceholderData}
          isEarlier={!query.isFetchedAfterMount}
        />
      )}
    </Shown>
  )
}

interface PageProps<A> extends TableOf<A>, Acts {
  readonly page: Found<A>
  /** The page is of the address before. */
  readonly isBusy: boolean
  /** The page is of an earlier visit, and the present one loads. */
  readonly isEarlier: boolean
}

const StillPage = <A,>({ page, isBusy, isEarlier, empty, acts, ...table }: PageProps<A>) => {
  const frame = useRef<HTMLDivElement>(null)
  const [isOver, setOver] = useState(false)
  const { get } = useParameters()
  const { items, next, news, show } = useStill({ page, isBusy, isEarlier }, useSearch(), table.idOf, isOver)
  const mayAct = useMayAct()
  const selection = useSelection(items.map(table.idOf))
  const isActing = acts !== undefined && mayAct
  return (
    <div ref={frame} className="page-frame" aria-busy={isBusy}>
      <p className="news" role="status">
        {news > 0 && (
          <Button onPress={show}>
            {/* Between the newest page and the rows on the screen may be more. */}
            {news === page.items.length ? `${count(news)} or more` : count(news)} new. Show
          </Button>
        )}
      </p>
      {page.searchedTo && (
        <p className="hint" role="status">
          Searching: back to <Ago at={page.searchedTo} /> …
        </p>
      )}
      {isActing && items.length > 0 && (
        <SelectionBar selected={selection.selected} clear={() => selection.select([])}>
          {acts}
        </SelectionBar>
      )}
      <div onPointerEnter={() => setOver(true)} onPointerLeave={() => setOver(false)}>
        <DataTable
          {...table}
          items={items}
          {...(isActing && { selection })}
          empty={page.searchedTo ? "" : get("after") === "" ? empty : <Empty title="No older entries" />}
        />
      </div>
      <Turns next={next} toTop={() => frame.current?.scrollIntoView()} />
    </div>
  )
}

/** The selected rows of the page. Rows that left it are no longer selected, also when they return. */
const useSelection = (ids: ReadonlyArray<string>) => {
  const [selected, select] = useState<ReadonlyArray<string>>([])
  const there = new Set(ids)
  const onPage = selected.filter((id) => there.has(id))
  if (onPage.length < selected.length) select(onPage)
  return { selected: onPage, select }
}

/** The rows of the first answer at an address, in their newest state. */
const useStill = <A,>(
  { page, isBusy, isEarlier }: Pick<PageProps<A>, "page" | "isBusy" | "isEarlier">,
  address: string,
  idOf: (item: A) => string,
  keepsRemoved: boolean
) => {
  const [held, hold] = useState({ address, page, isEarlier })
  // A search that goes on shows all that it has found.
  const isSearching = held.page.searchedTo !== undefined && held.page !== page
  // The present page replaces that of an earlier visit.
  const isOutdated = held.isEarlier && (held.page !== page || !isEarlier)
  const isOther = !isBusy && (held.address !== address || isSearching || isOutdated)
  const { news, ...still } = isOther
    ? { ...page, news: 0 }
    : isBusy
      ? { ...held.page, news: 0 }
      : merge(held.page, page, idOf, keepsRemoved)
  const isChanged =
    still.items.length !== held.page.items.length ||
    still.items.some((item, index) => item !== held.page.items[index])
  if (isOther) hold({ address, page, isEarlier })
  else if (isChanged) hold({ ...held, page: still })
  return { ...still, news, show: () => hold({ address, page, isEarlier }) }
}

/** The address of the page before, by the address of a page. A page of a shared link has none. */
const newerOf = new Map<string, string>()

interface TurnsProps {
  readonly next: string | null
  /** Shows the first row. Without it, the next page begins at its end. */
  readonly toTop: () => void
}

const Turns = ({ next, toTop }: TurnsProps) => {
  const { get, pathWith, set } = useParameters()
  const isFirst = get("after") === ""
  const here = window.location.hash
  const newer = newerOf.get(here)
  const go = (to: () => void) => {
    to()
    toTop()
  }
  if (isFirst && next === null) return null
  return (
    <nav className="pages" aria-label="Pages">
      {!isFirst && newer === undefined && (
        <span className="hint">
          This address begins in the middle of the list. Newest goes to its first page.
        </span>
      )}
      <Button isDisabled={isFirst} onPress={() => go(() => set({}))}>
        Newest
      </Button>
      <Button
        isDisabled={newer === undefined}
        onPress={() => go(() => void (window.location.hash = newer ?? ""))}
      >
        Newer
      </Button>
      <Button
        isDisabled={next === null}
        onPress={() =>
          go(() => {
            const older = pathWith({ after: next })
            newerOf.set(hrefOf(older), here)
            navigate(older)
          })
        }
      >
        Older
      </Button>
    </nav>
  )
}
