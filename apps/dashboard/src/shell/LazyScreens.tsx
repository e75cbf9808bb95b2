/** All screens but the first, in a chunk that loads when the browser needs it or has time. */
import { useQuery, type UseQueryOptions } from "@tanstack/react-query"
import { useEffect, type ReactNode } from "react"
import { useConnection } from "../api/live.ts"
import { queries } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Loading } from "../parts/Shown.tsx"

const chunk = {
  queryKey: ["screens"],
  queryFn: () => import("../screens.tsx"),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  retry: 2,
  retryDelay: 1_000
} as const satisfies UseQueryOptions

/** Loads the chunk before somebody needs it, so that screens open while the relay is away. */
export const usePrefetchedScreens = () => {
  useEffect(() => {
    const timer = window.setTimeout(() => void queries.prefetchQuery(chunk), 1_500)
    return () => window.clearTimeout(timer)
  }, [])
}

/** When this tab last reloaded itself, so that it does not do so again and again. */
const reloadedAt = "usher-reloaded-at"
const minReloadInterval = 60_000

/** An upgraded relay has other chunks. Reloads the page, which stays at its address, if the relay answers. */
const reloadOnce = async () => {
  const last = Number(window.sessionStorage.getItem(reloadedAt) ?? 0)
  if (Date.now() - last < minReloadInterval) return
  const { ok } = await window.fetch("/", { cache: "no-store" })
  if (!ok) return
  window.sessionStorage.setItem(reloadedAt, String(Date.now()))
  window.location.reload()
}

type Chunk = Awaited<ReturnType<typeof chunk.queryFn>>

/** A part of the chunk outside of its screens. Nothing until it has loaded. */
export const LazyPart = ({ children }: { readonly children: (chunk: Chunk) => ReactNode }) => {
  const { data } = useQuery(chunk)
  return data !== undefined && children(data)
}

export const LazyScreens = () => {
  const { data, isError, refetch } = useQuery(chunk)
  const connection = useConnection()
  useEffect(() => {
    if (isError && connection === "live") reloadOnce().catch(() => undefined)
  }, [isError, connection])
  if (data !== undefined) return <data.Screens />
  if (!isError) return <Loading className="rows" />
  return (
    <div className="note tone-bad trouble" role="alert">
      <p>This screen could not be loaded: the relay is unreachable, or it was upgraded. Reload the page.</p>
      <Button onPress={() => void refetch()}>Try again</Button>
    </div>
  )
}
