/**
 * Jobs: replays, mappings and cancellations that the database keeps. A relay works them off in steps. Each step and the mark
 * that it reached are one transaction, so a relay that is killed between two steps skips and repeats nothing.
 */
import { Context, type Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { Job } from "@usher/model/Job"
import type { InvitationFilter, Page, PageOptions, Selection, WebhookFilter } from "@usher/model/Search"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * What a job does, and to which items.
 *
 * @category options
 */
export type Work =
  | {
      /** Sends finished invitations again, or cancels pending ones. */
      readonly kind: "replay" | "cancel"
      /** The invitations. An empty selection selects none. */
      readonly selection: Selection<InvitationFilter>
    }
  | {
      /** Maps webhooks again. */
      readonly kind: "remap"
      /** The webhooks. An empty selection selects none. */
      readonly selection: Selection<WebhookFilter>
    }

/**
 * Facts about a new job.
 *
 * @category options
 */
export interface Beginning {
  /** Who begins it. */
  readonly by: string
  /** The number of items in its plan, for the progress. Default: unknown. */
  readonly total?: number | undefined
  /** The id of the record that waits for the result, which `report` passes on. Default: none. */
  readonly act?: string | undefined
}

/**
 * A job after a request to resume it.
 *
 * @category models
 */
export interface Resumed {
  /** The job as it is then. Undefined if there is none. */
  readonly job: Job | undefined
  /** Whether the given record waits for its result. */
  readonly isActWaiting: boolean
}

/**
 * The jobs, and the steps of the running ones.
 *
 * @category services
 */
export class Jobs extends Context.Service<
  Jobs,
  {
    /** Stores a job that runs from now on. Default of `asOf`: now. */
    readonly begin: (work: Work, beginning: Beginning) => Effect.Effect<Job, InboxUnavailable>
    /** All jobs, newest first, page by page. */
    readonly list: (page: PageOptions) => Effect.Effect<Page<Job>, InboxUnavailable>
    /** The job with this id. Undefined if there is none. */
    readonly get: (id: string) => Effect.Effect<Job | undefined, InboxUnavailable>
    /** Pauses a running job, and returns it as it is then. */
    readonly pause: (id: string) => Effect.Effect<Job | undefined, InboxUnavailable>
    /**
     * Lets a paused or failed job go on from its mark. If no other record waits for its result, the record `act` does from
     * now on.
     */
    readonly resume: (id: string, act?: string) => Effect.Effect<Resumed, InboxUnavailable>
    /** Ends a running, paused or failed job. Finished steps are kept. Returns the job as it is then. */
    readonly stop: (id: string) => Effect.Effect<Job | undefined, InboxUnavailable>
    /** The ids of running jobs, oldest first: at most 100. */
    readonly running: Effect.Effect<ReadonlyArray<string>, InboxUnavailable>
    /**
     * Does one step of a job. Returns false if the job does not run, or another relay works on it right now. A job whose
     * selection can't be read fails.
     */
    readonly step: (id: string) => Effect.Effect<boolean, InboxUnavailable>
    /**
     * Passes an ended job with an `act` to a function, in the transaction that notes that it is reported. Returns false if
     * there is none.
     */
    readonly report: <R>(
      write: (act: string, job: Job) => Effect.Effect<void, SqlError.SqlError, R>
    ) => Effect.Effect<boolean, InboxUnavailable, R>
    /** Deletes jobs that ended 30 days ago or earlier. Returns their number. */
    readonly trim: Effect.Effect<number, InboxUnavailable>
  }
>()("@usher/engine/Jobs") {}
