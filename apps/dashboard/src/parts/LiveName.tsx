import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Raw } from "./Raw.tsx"

interface Props {
  readonly spot: string
  readonly liveId: string
  readonly className?: string
}

/** How many Lives the page knows by title; of older ones, it shows the id. */
const newest = 500

/** The Lives that begin last, with their titles. */
export const useLives = () =>
  useApi(["lives", "titles"], api.lives.list({ query: { limit: newest } })).data?.items ?? []

/** The title of a Live, null while it is unknown. */
export const useTitle = ({ spot, liveId }: Pick<Props, "spot" | "liveId">): string | null =>
  useLives().find((live) => live.liveId === liveId && live.spot === spot)?.title ?? null

/** The title of a Live, with its id on hover, or the id. */
export const LiveName = ({ spot, liveId, className = "clip" }: Props) => {
  const title = useTitle({ spot, liveId })
  return title === null ? (
    <Raw className={`mono ${className}`} text={liveId} />
  ) : (
    <span title={liveId}>
      <Raw className={className} text={title} />
    </span>
  )
}
