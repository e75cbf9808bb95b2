/** What an operator should know now, the most urgent first. */
import * as Concern from "@usher/model/Concern"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Raw } from "../parts/Raw.tsx"
import { Loading, Trouble } from "../parts/Shown.tsx"
import { Ago, Until } from "../parts/time.tsx"

const tones = { critical: "bad", warning: "bad", info: "wait" } as const

export const Attention = () => {
  const stats = useApi(["stats", "now"], api.stats.now(), { everyMs: 30_000 })
  if (stats.isError) {
    return (
      <Trouble error={stats.error} again={() => void stats.refetch()} isStale={stats.data !== undefined} />
    )
  }
  if (!stats.data) return <Loading className="attention" />
  const { concerns } = stats.data
  if (concerns.length === 0) {
    return (
      <p className="attention note tone-good" role="status">
        All systems normal.
      </p>
    )
  }
  return (
    <section
      className={`attention card tone-${concerns.some(({ urgency }) => tones[urgency] === "bad") ? "bad" : "wait"}`}
      aria-label="Needs attention"
    >
      <ul>
        {concerns.map((concern) => (
          <li key={Concern.keyOf(concern)} className={`concern tone-${tones[concern.urgency]}`}>
            <a href={hrefOf(concern)}>
              <span>
                <Said concern={concern} />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Said = ({ concern }: { readonly concern: Concern.Concern }) => {
  const { text, liveTitle, reason, since, next, nextAt } = concern
  return (
    <>
      <Raw text={text} />
      {liveTitle !== undefined && (
        <>
          {" "}
          Its title: <Raw className="clip" text={liveTitle} />.
        </>
      )}
      {reason !== null && (
        <>
          {" "}
          Reason: <Raw text={reason} />.
        </>
      )}{" "}
      <span className="muted">
        {since !== null && (
          <>
            Began <Ago at={since} />.{" "}
          </>
        )}
        {next}
        {nextAt !== null && (
          <>
            {" "}
            <Until at={nextAt} />
          </>
        )}
        .
      </span>
    </>
  )
}

/** The screen on which to act. */
const hrefOf = ({ kind, subject: { source } }: Concern.Concern): string => {
  const ofSource = source === null ? "" : `source=${encodeURIComponent(source)}`
  switch (kind) {
    case "source_silent":
    case "source_paused":
      return "#/sources"
    case "refusals_rising":
    case "quarantine":
      return `#/quarantine?${ofSource}`
    case "mapping_backlog":
      return "#/webhooks?status=received"
    case "failed_mappings":
      return `#/webhooks?status=unmappable&${ofSource}`
    case "dead_letters":
      return "#/dead-letters"
    default:
      return "#/spots"
  }
}
