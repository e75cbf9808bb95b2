import { type Sources as Wire, Stats } from "@usher/admin"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { count, plural, upTo } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { PauseButton } from "../parts/PauseButton.tsx"
import { Empty, Shown } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Age, Ago, duration } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"

export const Sources = () => {
  const query = useApi(["sources"], api.sources.list())
  return (
    <Page
      title="Sources"
      lead="Where webhooks come from. One that is paused goes on accepting, and holds what it accepts."
    >
      <Shown query={query} waiting={<div className="rows waiting" role="status" aria-label="Loading" />}>
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
  const here = encodeURIComponent(source.name)
  return (
    <article className="card" aria-label={`Source ${source.name}`}>
      <header className="card-head">
        <h2>
          <bdi>{source.name}</bdi> <span className="muted">{source.sender}</span>
        </h2>
        <Status status={source.state} />
      </header>
      {source.state === "paused" ? (
        <p className="reason">
          Paused
          {source.pausedBy === null ? (
            ""
          ) : (
            <>
              {" "}
              by <bdi>{source.pausedBy}</bdi>
            </>
          )}
          {source.pausedAt === null ? (
            ""
          ) : (
            <>
              {" "}
              for <Age since={source.pausedAt} />
            </>
          )}
          {source.reason === null ? (
            ""
          ) : (
            <>
              : <bdi>{source.reason}</bdi>
            </>
          )}
          . It holds {upTo(source.held, Stats.maxCounted)} {source.held === 1 ? "webhook" : "webhooks"}.
        </p>
      ) : null}
      <Facts>
        <Fact name="Address">
          <code className="wrap">{source.url}</code>
        </Fact>
        <Fact name="Verified by">
          <code>{source.scheme}</code>
        </Fact>
        <Fact name="Secrets">
          <Secrets secrets={source.secrets} />
        </Fact>
        <Fact name="Answered within">
          <Headroom {...source.acknowledgement} />
        </Fact>
        <Fact name="Spot">
          <bdi>{source.spot}</bdi>
        </Fact>
        <Fact name="Last received">
          {source.lastReceivedAt === null ? (
            <span className="muted">never</span>
          ) : (
            <Ago at={source.lastReceivedAt} />
          )}
        </Fact>
        <Fact name="In 24 hours">
          <a href={`#/webhooks?source=${here}`}>{plural(source.counters.accepted, "webhook")}</a>
          {source.counters.duplicates === 0 ? "" : `, and ${count(source.counters.duplicates)} sent again`}
        </Fact>
        <Fact name="Of these">
          {count(source.counters.mapped)} mapped, {count(source.counters.ignored)} ignored,{" "}
          {source.counters.unmappable === 0 ? (
            "none unmappable"
          ) : (
            <a href={`#/webhooks?source=${here}&status=unmappable`}>
              {count(source.counters.unmappable)} unmappable
            </a>
          )}
        </Fact>
        <Fact name="In quarantine">
          {source.quarantined === 0 ? (
            "none"
          ) : (
            <a href={`#/quarantine?source=${here}`}>{count(source.quarantined)}</a>
          )}
        </Fact>
      </Facts>
      <Actions source={source} />
    </article>
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

/** A sender that waits in vain sends again, and gives up at last. */
const Headroom = ({ deadlineMs, slowestMs }: Wire.Source["acknowledgement"]) => {
  if (slowestMs === null)
    return <span className="muted">not called yet; its sender waits {duration(deadlineMs)}</span>
  return (
    <span className={slowestMs > deadlineMs * 0.75 ? "bad" : ""}>
      {duration(slowestMs)} at the slowest; its sender waits {duration(deadlineMs)}
    </span>
  )
}

const Actions = ({ source: { name, state } }: { readonly source: Wire.Source }) => {
  const mayAct = useMayAct()
  const pause = useAction(
    ({ name, reason }: { readonly name: string; readonly reason: string }) =>
      api.sources.pause({ params: { name }, payload: { reason } }),
    ["sources"]
  )
  const resume = useAction(() => api.sources.resume({ params: { name } }), ["sources", "webhooks", "stats"])
  return (
    <footer className="card-foot">
      <a href={`#/mapping?source=${encodeURIComponent(name)}`}>Try a mapping</a>
      {resume.isError ? <span className="field-error">{sentence(resume.error)}</span> : null}
      {mayAct ? (
        state === "paused" ? (
          <Button isPending={resume.isPending} onPress={() => resume.mutate(undefined)}>
            Resume
          </Button>
        ) : (
          <PauseButton name={name} pause={pause}>
            It goes on accepting, so that no sender gives up. What it accepts is held, and nobody is invited
            by it until it resumes.
          </PauseButton>
        )
      ) : null}
    </footer>
  )
}
