/** Parts of the page in chunks of their own: the chart, and all screens but the first, which load when there is time. */
import { queryOptions, useQuery } from "@tanstack/react-query"
import { useEffect, type ReactNode } from "react"
import { useConnection } from "../api/live.ts"
import { queries } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Loading } from "../parts/Shown.tsx"

const chunkOf = <Chunk,>(name: string, load: () => Promise<Chunk>) =>
  queryOptions({
    queryKey: ["chunk", name],
    queryFn: load,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    retry: 2,
    retryDelay: 1_000
  })

const screens = chunkOf("screens", () => import("../screens.tsx"))

const traffic = chunkOf("traffic", () => import("../overview/Traffic.tsx"))

/** Loads the chunk before somebody needs it, so that screens open while the relay is away. */
export const usePrefetchedScreens = () => {
  useEffect(() => {
    const timer = window.setTimeout(() => void queries.prefetchQuery(screens), 1_500)
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

type Screens = typeof import("../screens.tsx")

/** A part of the chunk of the screens that is not a screen. Nothing until it has loaded. */
export const LazyPart = ({ children }: { readonly children: (chunk: Screens) => ReactNode }) => {
  const { data } = useQuery(screens)
  return data !== undefined && children(data)
}

export const LazyScreens = () => (
  <Lazy chunk={screens} name="This screen" waiting="rows">
    {(chunk) => <chunk.Screens />}
  </Lazy>
)

export const LazyTraffic = () => (
  <Lazy chunk={traffic} name="The chart" waiting="traffic">
    {(chunk) => <chunk.Traffic />}
  </Lazy>
)

interface Props<Chunk> {
  readonly chunk: ReturnType<typeof chunkOf<Chunk>>
  readonly name: string
  /** The class of the placeholder, which gives it the height of the part. */
  readonly waiting: string
  readonly children: (chunk: Chunk) => ReactNode
}

const Lazy = <Chunk,>({ chunk, name, waiting, children }: Props<Chunk>) => {
  const { data, isError, refetch } = useQuery(chunk)
  const connection = useConnection()
  useEffect(() => {
    if (isError && connection === "live") reloadOnce().catch(() => undefined)
  }, [isError, connection])
  if (data !== undefined) return children(data)
  if (!isError) return <Loading className={waiting} />
  return (
    <div className="note tone-bad trouble" role="alert">
      <p>{name} could not be loaded: the relay is unreachable, or it was upgraded. Reload the page.</p>
      <Button onPress={() => void refetch()}>Try again</Button>
    </div>
  )
}
