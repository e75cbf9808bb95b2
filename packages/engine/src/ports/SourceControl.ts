/**
 * Pausing a source: it goes on accepting, so that no sender gives up on it, and what it accepts is held until it resumes.
 */
import { Clock, Context, DateTime, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Events } from "./Events.ts"
import type { InboxUnavailable } from "./Inbox.ts"
import { hold, mostCounted } from "../store/map/holding.ts"
import { text, unavailable } from "../store/rows/store.ts"
import { Signals } from "./Signals.ts"

/**
 * A source that is paused, or still resuming.
 *
 * @category models
 * @since 0.1.0
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
  /** Webhooks that wait for it to resume; 10,000 stands for that many or more. */
  readonly held: number
  /** It was resumed, and what was held is on its way to be mapped, oldest first. */
  readonly isResuming: boolean
}

/**
 * Who pauses a source, and why.
 *
 * @category options
 * @since 0.1.0
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
 * @since 0.1.0
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

/**
 * Keeps pauses in a database that is migrated already.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerSql: Layer.Layer<SourceControl, never, SqlClient.SqlClient | Signals> = Layer.effect(
  SourceControl,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const signals = yield* Signals
    const events = yield* Events

    const pause = Effect.fn("SourceControl.pause")(function* (source: string, options: PauseOptions) {
      const now = yield* Clock.currentTimeMillis
      const row = {
        source,
        paused_at: now,
        paused_by: text(options.by),
        reason: options.reason === undefined ? null : text(options.reason),
        resuming: 0
      }
      const paused = yield* sql`INSERT INTO paused_sources ${sql.insert([row])} ON CONFLICT (source)
        DO UPDATE SET paused_at = excluded.paused_at, paused_by = excluded.paused_by, reason = excluded.reason, resuming = 0
        WHERE paused_sources.resuming = 1 RETURNING source`
      yield* hold(sql, source)
      yield* events.tell(() => [{ type: "source", source, state: "paused" }])
      return paused.length > 0
    }, unavailable)

    const resume = Effect.fn("SourceControl.resume")(function* (source: string) {
      const resumed = yield* sql`UPDATE paused_sources SET resuming = 1
        WHERE source = ${source} AND resuming = 0 RETURNING source`
      // The mapper lets go of what is held, step by step.
      if (resumed.length > 0) yield* signals.publish("received")
      yield* events.tell(() => [{ type: "source", source, state: "active" }])
      return resumed.length > 0
    }, unavailable)

    const list = sql<Row>`SELECT source, paused_at, paused_by, reason, resuming,
        (SELECT count(*) FROM (SELECT 1 FROM webhooks
          WHERE webhooks.status = 'held' AND webhooks.source = paused_sources.source LIMIT ${mostCounted}) AS counted) AS held
      FROM paused_sources ORDER BY source`.pipe(
      Effect.map((rows) => rows.map(pausedOf)),
      unavailable
    )

    return SourceControl.of({ pause, resume, list })
  })
)

interface Row {
  readonly source: string
  readonly paused_at: number | bigint
  readonly paused_by: string
  readonly reason: string | null
  readonly resuming: number
  readonly held: number | bigint
}

const pausedOf = (row: Row): Paused => ({
  source: row.source,
  since: DateTime.makeUnsafe(Number(row.paused_at)),
  by: row.paused_by,
  reason: row.reason,
  held: Number(row.held),
  isResuming: row.resuming === 1
})
