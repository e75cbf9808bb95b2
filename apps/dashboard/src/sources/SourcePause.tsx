import type { Sources } from "@usher/admin"
import { capped } from "../parts/number.ts"
import { For } from "../parts/time.tsx"

/** Why a source is paused, and how many webhooks it holds. */
export const SourcePause = ({ source }: { readonly source: Sources.Source }) => (
  <>
    Source <bdi>{source.name}</bdi> is paused
    {source.pausedBy !== null && (
      <>
        {" "}
        by <bdi>{source.pausedBy}</bdi>
      </>
    )}
    <For since={source.pausedAt} />
    {source.reason !== null && (
      <>
        : <bdi>{source.reason}</bdi>
      </>
    )}
    . Backlog: {capped(source.held)} {source.held === 1 ? "webhook" : "webhooks"}.
  </>
)
