import type { Sources as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Copyable } from "../parts/Copy.tsx"
import { Export, wholeOf } from "../parts/Export.tsx"
import { Facts } from "../parts/Facts.tsx"
import { count, plural } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { PauseControls } from "../parts/PauseControls.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { StateCard } from "../parts/StateCard.tsx"
import { Ago, duration } from "../parts/time.tsx"
import { ReloadButton } from "./ReloadButton.tsx"
import { SourcePause } from "./SourcePause.tsx"

export const Sources = () => {
  const query = useApi(["sources"], api.sources.list())
  return (
    <Page
      title="Sources"
      lead="Systems that send webhooks. A paused source still accepts webhooks, and holds them."
      aside={
        <div className="buttons">
          <Export name="sources" page={() => wholeOf(api.sources.list())} />
          <ReloadButton />
        </div>
      }
    >
      <Shown query={query} waiting="rows">
        {(sources) =>
          sources.length === 0 ? (
            <Empty title="No sources configured">Add a source to the configuration file.</Empty>
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
          URL: (
            <Copyable text={source.url} what="URL">
              <code>{source.url}</code>
            </Copyable>
          ),
          Verification: <code>{source.scheme}</code>,
          Secrets: <Secrets secrets={source.secrets} />,
          "Response time": <Headroom {...source.acknowledgement} />,
          Spot: <bdi>{source.spot}</bdi>,
          "Last received": lastReceivedAt ? (
            <Ago at={lastReceivedAt} />
          ) : (
            <span className="muted">never</span>
          ),
          "Received in 24 h": (
            <>
              <a href={`#/webhooks?source=${here}`}>{plural(counters.accepted, "webhook")}</a>
              {counters.duplicates > 0 && `, plus ${plural(counters.duplicates, "duplicate")}`}
            </>
          ),
          "Mapping in 24 h": (
            <>
              {count(counters.mapped)} mapped, {count(counters.ignored)} ignored,{" "}
              <a href={`#/webhooks?source=${here}&status=unmappable`}>{count(counters.unmappable)} failed</a>
            </>
          ),
          "In quarantine": <a href={`#/quarantine?source=${here}`}>{count(quarantined)}</a>
        }}
      />
      <PauseControls
        name={name}
        isPaused={state === "paused"}
        pause={(reason) => api.sources.pause({ params: { name }, payload: { reason } })}
        resume={() => api.sources.resume({ params: { name } })}
        stale={["sources", "webhooks", "stats"]}
        meaning="The source still accepts webhooks, so that its sender does not give up. The relay holds them and invites nobody until you resume the source."
      >
        <a href={`#/mapping?source=${here}`}>Try a mapping</a>
      </PauseControls>
    </StateCard>
  )
}

const Secrets = ({ secrets }: { readonly secrets: Wire.Source["secrets"] }) =>
  secrets.length === 0 ? (
    <span className="muted">none required</span>
  ) : (
    <ul>
      {secrets.map(({ label, expiresAt }, index) => (
        <li key={index}>
          <bdi>{label ?? `#${index + 1}`}</bdi>{" "}
          <span className="muted">
            {expiresAt === null ? (
              "no expiry"
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
    {slowestMs === null ? "no calls yet" : `slowest ${duration(slowestMs)}`}; sender timeout{" "}
    {duration(deadlineMs)}
  </span>
)
