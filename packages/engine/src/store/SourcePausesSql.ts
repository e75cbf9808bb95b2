/** Stores the pauses of sources in the database. */
import { Clock, DateTime, Effect, Layer } from "effect"
import { type Paused, type PauseOptions, SourcePauses } from "../ports/SourcePauses.ts"
import { holdBacklog } from "./map/pausedBacklog.ts"
import { text } from "./rows/store.ts"
import { toInboxUnavailable } from "./rows/transaction.ts"
import { counting } from "./search/waiting.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * Keeps pauses in the database, beside the Inbox.
 *
 * @category layers
 */
export const layer: Layer.Layer<SourcePauses, never, StoreSql> = Layer.effect(
  SourcePauses,
  Effect.gen(function* () {
    const { sql, signals, events } = yield* StoreSql
    const { numberOf } = counting(sql)

    const pause = Effect.fn("SourcePauses.pause")(function* (source: string, options: PauseOptions) {
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
      yield* holdBacklog(sql, source)
      yield* events.emit(() => [{ type: "source", source, state: "paused" }])
      return paused.length > 0
    }, toInboxUnavailable)

    const resume = Effect.fn("SourcePauses.resume")(function* (source: string) {
      const resumed = yield* sql`UPDATE paused_sources SET resuming = 1
        WHERE source = ${source} AND resuming = 0 RETURNING source`
      // The mapper releases held webhooks in batches.
      if (resumed.length > 0) yield* signals.publish("received")
      yield* events.emit(() => [{ type: "source", source, state: "active" }])
      return resumed.length > 0
    }, toInboxUnavailable)

    const list = sql<Row>`SELECT source, paused_at AS since, paused_by AS "by", reason, resuming,
        ${numberOf("webhooks", sql.literal("webhooks.status = 'held' AND webhooks.source = paused_sources.source"))} AS held
      FROM paused_sources ORDER BY source`.pipe(
      Effect.map((rows) =>
        rows.map(({ since, resuming, ...rest }): Paused => ({
          ...rest,
          since: DateTime.makeUnsafe(since),
          isResuming: resuming === 1
        }))
      ),
      toInboxUnavailable
    )

    return SourcePauses.of({ pause, resume, list })
  })
)

interface Row extends Omit<Paused, "since" | "isResuming"> {
  readonly since: number
  readonly resuming: number
}
