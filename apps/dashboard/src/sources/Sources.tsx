import type { Sources as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Facts } from "../parts/Facts.tsx"
import { count, plural } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { PauseControls } from "../parts/PauseControls.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { StateCard } from "../parts/StateCard.tsx"
import { Ago, duration } from "../parts/time.tsx"
import { SourcePause } from "./SourcePause.tsx"

export const Sources = () => {
  const query = useApi(["sources"], api.sources.list())
  return (
    <Page
      title="Sources"
      lead="Where webhooks come from. One that is paused goes on accepting, and holds what it accepts."
    >
      <Shown query={query} waiting="rows">
        {(sources) =>
          sources.length === 0 ? (
            <Empty title="No source is configured">
              They stand in the configuration file, under sources.
            </Empty>
          ) : (
            <div className="cards">
              {sources.map((source) => (
                <SourceCard key={source.name} source={source} />
              ))}
            </div>
          )
        }
      </Shown>
    </Page>
  )
}

const SourceCard = ({ source }: { readonly source: Wire.Source }) => {
  const { name, state, sender, counters, lastReceivedAt, quarantined } = source
  const here = encodeURIComponent(name)
  return (
    <StateCard kind="Source" name={name} state={state} note={sender} level={2}>
      {state === "paused" && (
        <p className="note tone-wait">
          <SourcePause source={source} />
        </p>
      )}
      <Facts
        of={{
          Address: <code>{source.url}</code>,
          "Verified by": <code>{source.scheme}</code>,
          Secrets: <Secrets secrets={source.secrets} />,
          "Answered within": <Headroom {...source.acknowledgement} />,
          Spot: <bdi>{source.spot}</bdi>,
          "Last received": lastReceivedAt ? (
            <Ago at={lastReceivedAt} />
          ) : (
            <span className="muted">never</span>
          ),
          "In 24 hours": (
            <>
              <a href={`#/webhooks?source=${here}`}>{plural(counters.accepted, "webhook")}</a>
              {counters.duplicates > 0 && `, and ${count(counters.duplicates)} sent again`}
            </>
          ),
          "Of these": (
            <>
              {count(counters.mapped)} mapped, {count(counters.ignored)} ignored,{" "}
              {counters.unmappable === 0 ? (
                "none unmappable"
              ) : (
                <a href={`#/webhooks?source=${here}&status=unmappable`}>
                  {count(counters.unmappable)} unmappable
                </a>
              )}
            </>
          ),
          "In quarantine":
            quarantined === 0 ? "none" : <a href={`#/quarantine?source=${here}`}>{count(quarantined)}</a>
        }}
      />
      <PauseControls
        name={name}
        isActive={state === "active"}
        pause={(reason) => api.sources.pause({ params: { name }, payload: { reason } })}
        resume={() => api.sources.resume({ params: { name } })}
        stale={["sources", "webhooks", "stats"]}
        meaning="It goes on accepting, so that no sender gives up. What it accepts is held, and nobody is invited by it until it resumes."
      >
        <a href={`#/mapping?source=${here}`}>Try a mapping</a>
      </PauseControls>
    </StateCard>
  )
}

const Secrets = ({ secrets }: { readonly secrets: Wire.Source["secrets"] }) =>
  secrets.length === 0 ? (
    <span className="muted">none is needed</span>
  ) : (
    <ul>
      {secrets.map(({ label, expiresAt }, index) => (
        <li key={index}>
          <bdi>{label ?? `#${index + 1}`}</bdi>{" "}
          <span className="muted">
            {expiresAt === null ? (
              "does not expire"
            ) : (
              <>
                expires <Ago at={expiresAt} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  )

/** A sender that gets no answer in time sends the webhook again, and finally stops. */
const Headroom = ({ deadlineMs, slowestMs }: Wire.Source["acknowledgement"]) => (
  <span className={slowestMs === null ? "muted" : slowestMs > deadlineMs * 0.75 ? "bad" : ""}>
    {slowestMs === null ? "not called yet" : `${duration(slowestMs)} at the slowest`}; its sender waits{" "}
    {duration(deadlineMs)}
  </span>
)
