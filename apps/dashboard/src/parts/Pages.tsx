/** A table in pages. A page stays as it is while new rows arrive. */
import type { UseQueryResult } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { useParameters } from "../location.ts"
import { useMayAct } from "../session/session.ts"
import { Button } from "./Button.tsx"
import { DataTable, type TableOf } from "./DataTable.tsx"
import { SelectionBar, type Target } from "./Selecting.tsx"
import { Empty, Shown } from "./Shown.tsx"
import { Ago } from "./time.tsx"
import type { Found } from "./useSearch.ts"

interface Props<A> extends TableOf<A> {
  readonly query: UseQueryResult<Found<A>>
  /** Buttons that change the selected rows, or all that match the filter. */
  readonly acts?: (target: Target) => ReactNode
}

export const Pages = <A,>({ query, empty, acts, ...table }: Props<A>) => {
  const { get, set } = useParameters()
  const mayAct = useMayAct()
  const [selected, select] = useState<ReadonlyArray<string>>([])
  const isFirst = get("after") === ""
  // Rows that left the page are no longer selected, also when they return.
  const there = new Set(query.data?.items.map(table.idOf))
  const onPage = selected.filter((id) => there.has(id))
  if (onPage.length < selected.length) select(onPage)
  return (
    <Shown query={query} waiting="rows">
      {({ items, next, searchedTo }) => (
        <>
          {searchedTo && (
            <p className="hint" role="status">
              Searching: back to <Ago at={searchedTo} /> …
            </p>
          )}
          {acts && mayAct && items.length > 0 && (
            <SelectionBar selected={onPage} clear={() => select([])}>
              {acts}
            </SelectionBar>
          )}
          <div aria-busy={query.isPlaceholderData}>
            <DataTable
              {...table}
              items={items}
              {...(acts && mayAct && { selection: { selected: onPage, select } })}
              empty={searchedTo ? "" : isFirst ? empty : <Empty title="No older entries" />}
            />
          </div>
          {isFirst && next === null ? null : (
            <nav className="pages" aria-label="Pages">
              <Button isDisabled={isFirst} onPress={() => set({})}>
                Newest
              </Button>
              <Button isDisabled={isFirst} onPress={() => window.history.back()}>
                Newer
              </Button>
              <Button isDisabled={next === null} onPress={() => set({ after: next })}>
                Older
              </Button>
            </nav>
          )}
        </>
      )}
    </Shown>
  )
}
