/** One message for a cause that several questions to the relay share, such as a lost connection. */
import { useSyncExternalStore } from "react"
import { sentence } from "./problem.ts"
import { queries } from "./queries.ts"

const cache = queries.getQueryCache()

const subscribe = (listener: () => void) => cache.subscribe(listener)

const failing = () => cache.findAll({ type: "active", predicate: ({ state }) => state.status === "error" })

const shared = (): string | undefined => {
  const seen = new Set<string>()
  for (const { state } of failing()) {
    const cause = sentence(state.error)
    if (seen.has(cause)) return cause
    seen.add(cause)
  }
  return undefined
}

/** The message that at least two failed questions share. */
export const useOutage = (): string | undefined => useSyncExternalStore(subscribe, shared)

export const askAgain = () => {
  for (const query of failing()) void query.fetch()
}
