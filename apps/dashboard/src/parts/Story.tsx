/** What happened, in the order of time. */
import { DateTime } from "effect"
import type { Story as Wire } from "@usher/admin"
import { DeadLetterStatus } from "@usher/model/Invitation"
import { Status } from "./Status.tsx"
import { duration, Exact } from "./time.tsx"
import { Empty } from "./Shown.tsx"
import { Raw } from "./Raw.tsx"

const names: Readonly<Record<Wire.StoryKind, string>> = {
  received: "Received",
  released: "Released",
  duplicate: "Sent again",
  ignored: "Ignored",
  unmappable: "Unmappable",
  asked: "Asked for",
  waiting: "Waiting",
  attempt: "Attempt",
  settled: "Ended",
  forgotten: "Forgotten"
}

const tones: Readonly<Record<Wire.StoryKind, string>> = {
  received: "info",
  released: "info",
  duplicate: "none",
  ignored: "none",
  unmappable: "bad",
  asked: "info",
  waiting: "wait",
  attempt: "info",
  settled: "good",
  forgotten: "none"
}

const failures: ReadonlySet<string> = new Set(DeadLetterStatus.literals)

const toneOf = ({ kind, status, verified }: Wire.StoryEntry) =>
  (status !== undefined && failures.has(status)) || verified === false ? "bad" : tones[kind]

interface Props {
  readonly story: ReadonlyArray<Wire.StoryEntry>
  /** Where one is: it needs no link. */
  readonly invitationId?: string
}

export const Story = ({ story, invitationId }: Props) => {
  if (story.length === 0) return <Empty title="Nothing is known to have happened" />
  return (
    <ol className="story">
      {story.map((entry, index) => {
        const before = story[index - 1]
        const since =
          before === undefined ? 0 : DateTime.toEpochMillis(entry.at) - DateTime.toEpochMillis(before.at)
        return (
          <li key={index} className={`tone-${toneOf(entry)}`}>
            <p className="story-head">
              <strong>{names[entry.kind]}</strong>
              {entry.status === undefined ? null : <Status status={entry.status} />}
              {entry.verified === false ? <Status status="unverified" /> : null}
              <span className="muted">
                <Exact at={entry.at} />
                {since >= 1 ? ` · ${duration(since)} later` : ""}
              </span>
            </p>
            <p>
              <Raw text={entry.text} />
            </p>
            <p className="story-links">
              {entry.webhookId === undefined ? null : <a href={`#/webhooks/${entry.webhookId}`}>Webhook</a>}
              {entry.invitationId === undefined || entry.invitationId === invitationId ? null : (
                <a href={`#/invitations/${entry.invitationId}`}>Invitation</a>
              )}
              {entry.traceId === undefined ? null : (
                <span className="muted">
                  trace <code>{entry.traceId}</code>
                </span>
              )}
            </p>
          </li>
        )
      })}
    </ol>
  )
}
