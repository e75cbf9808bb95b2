/** What was asked for, once it is there; before, that it comes; else, why it does not. */
import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { sentence } from "../api/problem.ts"
import { Button } from "./Button.tsx"

interface Props<A> {
  readonly query: UseQueryResult<A>
  /** Takes the room that the answer will take. */
  readonly waiting?: ReactNode
  readonly children: (value: A) => ReactNode
}

export const Shown = <A,>({ query, waiting, children }: Props<A>) => {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError ? <Trouble error={query.error} again={() => void query.refetch()} isStale /> : null}
        {children(query.data)}
      </>
    )
  }
  if (query.isError) return <Trouble error={query.error} again={() => void query.refetch()} />
  return waiting ?? <div className="waiting" role="status" aria-label="Loading" />
}

interface TroubleProps {
  readonly error: unknown
  readonly again?: () => void
  /** What is on the screen is from before. */
  readonly isStale?: boolean
}

export const Trouble = ({ error, again, isStale = false }: TroubleProps) => (
  <div className="trouble" role="alert">
    <p>
      {sentence(error)}
      {isStale ? " What you see is from before." : ""}
    </p>
    {again === undefined ? null : <Button onPress={again}>Try again</Button>}
  </div>
)

/** Nothing is there, and that is fine. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children === undefined ? null : <p>{children}</p>}
  </div>
)
