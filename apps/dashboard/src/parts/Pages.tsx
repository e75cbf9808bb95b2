/** A table in pages. A page stays as it is while new rows arrive. */
import type { UseQueryResult } from "@tanstack/react-query"
import { useParameters } from "../location.ts"
import { Button } from "./Button.tsx"
import { DataTable, type TableOf } from "./DataTable.tsx"
import { Empty, Shown } from "./Shown.tsx"
import { Ago } from "./time.tsx"
import type { Found } from "./useSearch.ts"

interface Props<A> extends TableOf<A> {
  readonly query: UseQueryResult<Found<A>>
}

export const Pages = <A,>({ query, empty, ...table }: Props<A>) => {
  const { get, set } = useParameters()
  const isFirst = get("after") === ""
  return (
    <Shown query={query} waiting="rows">
      {({ items, next, searchedTo }) => (
        <>
          {searchedTo && (
            <p className="hint" role="status">
              Searching: back to <Ago at={searchedTo} /> …
            </p>
          )}
          <div aria-busy={query.isPlaceholderData}>
            <DataTable
              {...table}
              items={items}
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
