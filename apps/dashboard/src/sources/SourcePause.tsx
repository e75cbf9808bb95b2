import { type Sources, Stats } from "@usher/admin"
import { upTo } from "../parts/number.ts"
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
    . It holds {upTo(source.held, Stats.maxCounted)} {source.held === 1 ? "webhook" : "webhooks"}.
  </>
)
