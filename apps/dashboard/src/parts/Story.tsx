/** The history of an invitation or a person, oldest first. */
import { DateTime } from "effect"
import type { Story as Wire } from "@usher/admin"
import { DeadLetterStatus } from "@usher/model/Invitation"
import { Raw } from "./Raw.tsx"
import { Empty } from "./Shown.tsx"
import { type Named, Status } from "./Status.tsx"
import { duration, Exact } from "./time.tsx"

const kinds: Readonly<Record<Wire.StoryKind, Named>> = {
  refused: { tone: "bad", word: "Refused" },
  received: { tone: "info", word: "Received" },
  released: { tone: "info", word: "Released" },
  remapped: { tone: "info", word: "Mapped again" },
  duplicate: { tone: "none", word: "Duplicate" },
  ignored: { tone: "none", word: "Ignored" },
  unmappable: { tone: "bad", word: "Unmappable" },
  requested: { tone: "info", word: "Requested" },
  waiting: { tone: "wait", word: "Waiting" },
  attempt: { tone: "info", word: "Attempt" },
  settled: { tone: "good", word: "Finished" },
  forgotten: { tone: "none", word: "Forgotten" }
}

const failures: ReadonlySet<string | undefined> = new Set(DeadLetterStatus.literals)

const toneOf = ({ kind, status, verified }: Wire.StoryEntry) =>
  failures.has(status) || verified === false ? "bad" : kinds[kind].tone

interface Props {
  readonly story: ReadonlyArray<Wire.StoryEntry>
  /** The invitation on the screen, which needs no link. */
  readonly invitationId?: string
}

export const Story = ({ story, invitationId }: Props) => {
  if (story.length === 0) return <Empty title="No history" />
  return (
    <ol className="story">
      {story.map((entry, index) => {
        const before = story[index - 1] ?? entry
        const since = DateTime.toEpochMillis(entry.at) - DateTime.toEpochMillis(before.at)
        return (
          <li key={index} className={`tone-${toneOf(entry)}`}>
            <p className="story-head">
              <strong>{kinds[entry.kind].word}</strong>
              {entry.status !== undefined && <Status status={entry.status} />}
              {entry.verified === false && <Status status="unverified" />}
              <span className="muted">
                <Exact at={entry.at} />
                {since >= 1 && ` · ${duration(since)} later`}
              </span>
            </p>
            <p>
              <Raw text={entry.text} />
            </p>
            <p className="story-links">
              {entry.webhookId !== undefined && <a href={`#/webhooks/${entry.webhookId}`}>Webhook</a>}
              {entry.quarantinedId !== undefined && (
                <a href={`#/quarantine/${entry.quarantinedId}`}>Quarantine</a>
              )}
              {entry.invitationId !== undefined && entry.invitationId !== invitationId && (
                <a href={`#/invitations/${entry.invitationId}`}>Invitation</a>
              )}
              {entry.traceId !== undefined && (
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
