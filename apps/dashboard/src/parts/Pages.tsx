/** A table in pages. A page stays as it is while new rows arrive. */
import type { UseQueryResult } from "@tanstack/react-query"
import { type ReactNode, useState } from "react"
import { useParameters } from "../location.ts"
import { useMayAct } from "../session/session.ts"
import { Button } from "./Button.tsx"
import { DataTable, type TableOf } from "./DataTable.tsx"
import { SelectionBar, type Target } from "./Selecting.tsx"
import { Empty, Shown } from "./Shown.tsx"

interface Props<A> extends TableOf<A> {
  readonly query: UseQueryResult<{ readonly items: ReadonlyArray<A>; readonly next: string | null }>
  /** Buttons that change the selected rows, or all that match the filter. */
  readonly acts?: (target: Target) => ReactNode
}

export const Pages = <A,>({ query, empty, acts, ...table }: Props<A>) => {
  const { get, set } = useParameters()
  const mayAct = useMayAct()
  const [selected, select] = useState<ReadonlyArray<string>>([])
  const isFirst = get("after") === ""
  /** Rows that left the page are no longer selected. */
  const onPage = (items: ReadonlyArray<A>) => {
    const there = new Set(items.map(table.idOf))
    return selected.filter((id) => there.has(id))
  }
  return (
    <Shown query={query} waiting="rows">
      {({ items, next }) => (
        <>
          {acts && mayAct && items.length > 0 && (
            <SelectionBar selected={onPage(items)} clear={() => select([])}>
              {acts}
            </SelectionBar>
          )}
          <div aria-busy={query.isPlaceholderData}>
            <DataTable
              {...table}
              items={items}
              {...(acts && mayAct && { selection: { selected: onPage(items), select } })}
              empty={isFirst ? empty : <Empty title="No older entries" />}
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
