/**
 * Pauses sources. A paused source still accepts deliveries, so that no sender gives up; the relay maps them after it
 * resumes.
 */
import { Context, type DateTime, type Effect } from "effect"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * A paused or resuming source.
 *
 * @category models
 */
export interface Paused {
  /** The name of the source. */
  readonly source: string
  /** When it was paused. */
  readonly since: DateTime.Utc
  /** Who paused it. */
  readonly by: string
  /** Why it was paused; null without a reason. */
  readonly reason: string | null
  /** How many webhooks wait for it to resume, at most `Backlog.maxCounted`. */
  readonly held: number
  /** Whether it was resumed and the relay still maps its backlog, oldest first. */
  readonly isResuming: boolean
}

/**
 * Who pauses a source, and why.
 *
 * @category options
 */
export interface PauseOptions {
  /** The name of the token or program that pauses it. */
  readonly by: string
  /** The reason. Optional. */
  readonly reason?: string | undefined
}

/**
 * Pauses and resumes sources. Changes apply to every relay on the database immediately. Callers check that the source
 * is configured.
 *
 * @category services
 */
export class SourcePauses extends Context.Service<
  SourcePauses,
  {
    /**
     * Pauses a source: once this returns, no further webhook of the source is mapped. Returns false if it was already
     * paused, and changes nothing then.
     */
    readonly pause: (source: string, options: PauseOptions) => Effect.Effect<boolean, InboxUnavailable>

    /**
     * Resumes a source and maps its backlog, oldest first. If this relay stops, others continue. Returns whether it was
     * paused.
     */
    readonly resume: (source: string) => Effect.Effect<boolean, InboxUnavailable>

    /** All paused and resuming sources, by name. */
    readonly list: Effect.Effect<ReadonlyArray<Paused>, InboxUnavailable>
  }
>()("@usher/engine/SourcePauses") {}
