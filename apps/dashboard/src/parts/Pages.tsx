/** A list, a page at a time: what comes in meanwhile moves nothing. */
import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { useParameters } from "../location.ts"
import { Button } from "./Button.tsx"
import { Empty, Shown } from "./Shown.tsx"

interface Props<A> {
  readonly query: UseQueryResult<{ readonly items: ReadonlyArray<A>; readonly next: string | null }>
  readonly empty: ReactNode
  readonly children: (items: ReadonlyArray<A>) => ReactNode
}

export const Pages = <A,>({ query, empty, children }: Props<A>) => {
  const { get, set } = useParameters()
  const isFirst = get("after") === ""
  return (
    <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
      {({ items, next }) => (
        <>
          <div className="table-frame" aria-busy={query.isPlaceholderData}>
            {items.length === 0 ? (
              isFirst ? (
                empty
              ) : (
                <Empty title="Nothing older is there" />
              )
            ) : (
              children(items)
            )}
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
