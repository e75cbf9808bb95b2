/** One message for a cause that several questions to the relay share, such as a lost connection. */
import type { QueryFilters } from "@tanstack/react-query"
import { useSyncExternalStore } from "react"
import { sentence } from "./problem.ts"
import { queries } from "./queries.ts"

const cache = queries.getQueryCache()

const subscribe = (listener: () => void) => cache.subscribe(listener)

const failing: QueryFilters = { type: "active", predicate: ({ state }) => state.status === "error" }

const shared = (): string | undefined => {
  const seen = new Set<string>()
  for (const { state } of cache.findAll(failing)) {
    const cause = sentence(state.error)
    if (seen.has(cause)) return cause
    seen.add(cause)
  }
  return undefined
}

/** The message that at least two failed questions share. */
export const useOutage = (): string | undefined => useSyncExternalStore(subscribe, shared)

/** Asks the failed questions again. Another failure is shown where the answer would be. */
export const askAgain = () => {
  void queries.refetchQueries(failing, { cancelRefetch: false })
}
