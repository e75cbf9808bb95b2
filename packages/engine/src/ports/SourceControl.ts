/**
 * Pausing a source: it goes on accepting, so that no sender gives up on it, and what it accepts is held until it resumes.
 */
import { Context, type DateTime, type Effect } from "effect"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * A source that is paused, or still resuming.
 *
 * @category models
 */
export interface Paused {
  /** The name of the source. */
  readonly source: string
  /** Since when it is paused. */
  readonly since: DateTime.Utc
  /** Who paused it. */
  readonly by: string
  /** Why it was paused; null without a reason. */
  readonly reason: string | null
  /** Webhooks that wait for it to resume, at most `Backlog.maxCounted`. */
  readonly held: number
  /** It was resumed, and what was held is on its way to be mapped, oldest first. */
  readonly isResuming: boolean
}

/**
 * Who pauses a source, and why.
 *
 * @category options
 */
export interface PauseOptions {
  /** Who pauses it: the name of a token or a program. */
  readonly by: string
  /** Why. Optional. */
  readonly reason?: string | undefined
}

/**
 * Seen by every relay on the database at once. Whether a source of the name is configured is the caller's to know.
 *
 * @category services
 */
export class SourceControl extends Context.Service<
  SourceControl,
  {
    /**
     * From when this returns, nothing of the source that was not mapped before is mapped. Whether it was not paused yet;
     * otherwise it stays as it was.
     */
    readonly pause: (source: string, options: PauseOptions) => Effect.Effect<boolean, InboxUnavailable>

    /** What was held is mapped, oldest first; a relay that stops meanwhile leaves the rest to others. Whether it was paused. */
    readonly resume: (source: string) => Effect.Effect<boolean, InboxUnavailable>

    /** What is paused, or still resuming, by name. */
    readonly list: Effect.Effect<ReadonlyArray<Paused>, InboxUnavailable>
  }
>()("@usher/engine/SourceControl") {}
