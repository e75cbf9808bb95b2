/** Shows a query's answer, a placeholder while it loads, or an error. */
import type { UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { useConnection } from "../api/live.ts"
import { useOutage } from "../api/outage.ts"
import { sentence } from "../api/problem.ts"
import { Button } from "./Button.tsx"

interface Props<A> {
  readonly query: Pick<UseQueryResult<A>, "data" | "error" | "isError"> & { readonly refetch: () => unknown }
  /** The class of the placeholder, which gives it the height of the answer. */
  readonly waiting?: string
  readonly children: (value: A) => ReactNode
}

export const Shown = <A,>({ query, waiting, children }: Props<A>) => {
  const { data, error, isError } = query
  return (
    <>
      {isError && <Trouble error={error} again={() => void query.refetch()} isStale={data !== undefined} />}
      {data !== undefined ? children(data) : !isError && <Loading className={waiting} />}
    </>
  )
}

/** The relay is stopped or frozen, or the network is down. */
export const silence = "The relay does not answer."

export const Loading = ({ className = "" }: { readonly className?: string | undefined }) => {
  const isLost = useConnection() === "lost"
  return (
    <div className={`${className} waiting`} role="status" aria-label={isLost ? undefined : "Loading"}>
      {isLost && `${silence} This appears when it answers again.`}
    </div>
  )
}

interface TroubleProps {
  readonly error: unknown
  readonly again?: () => void
  /** The screen still shows an earlier answer. */
  readonly isStale?: boolean
}

export const Trouble = ({ error, again, isStale = false }: TroubleProps) => {
  const cause = sentence(error)
  // The frame of the screen shows this message and the button once.
  const isShared = useOutage() === cause && again !== undefined
  if (isShared) return isStale ? null : <p className="muted">Not loaded.</p>
  return (
    <div className="note tone-bad trouble" role="alert">
      <p>
        {cause}
        {isStale && " Showing earlier data."}
      </p>
      {again && <Button onPress={again}>Try again</Button>}
    </div>
  )
}

/** An empty result, which is not an error. */
export const Empty = ({ title, children }: { readonly title: string; readonly children?: ReactNode }) => (
  <div className="empty">
    <p className="empty-title">{title}</p>
    {children !== undefined && <p>{children}</p>}
  </div>
)
