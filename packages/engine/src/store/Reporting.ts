/**
 * Figures for operators: counts over time, pending work, and dead letters by cause. Each reads some thousands of rows, however many there are.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer } from "effect"
import type { SqlClient } from "effect/sql"
import { maxCounted } from "@usher/model/Backlog"
import {
  type Bucket,
  type Counts,
  type DeadLetterGroup,
  maxGrouped,
  maxGroups,
  type Standing
} from "@usher/model/Counts"
import type { InboxUnavailable } from "../ports/Inbox.ts"
import { Writer } from "../runtime/randomBytes.ts"
import { isName, type Name, none, spans } from "./rows/counting.ts"
import * as rows from "./rows/rows.ts"
import { limited } from "./rows/store.ts"
import { toInboxUnavailable } from "./rows/transaction.ts"
import { type Failures, failing } from "./reporting/failures.ts"
import { type Count, type CountOptions, pacing } from "./reporting/pacing.ts"
import { counting } from "./search/waiting.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * The counts of one bucket.
 *
 * @category models
 */
export interface Point {
  /** When the bucket begins. */
  readonly at: DateTime.Utc
  /** The counts of the bucket. */
  readonly counts: Counts
}

/**
 * Which buckets to count.
 *
 * @category options
 */
export interface SeriesOptions {
  /** The length of a bucket. */
  readonly bucket: Bucket
  /** The beginning; it is rounded down to a bucket. */
  readonly from: DateTime.Utc
  /** The end, which is not included. */
  readonly to: DateTime.Utc
  /** Counts this source only. Default: all. */
  readonly source?: string | undefined
}

/**
 * A delivery that its sender repeated and the relay ignored as a duplicate.
 *
 * @category models
 */
export interface Resent {
  /** The webhook of the first delivery. */
  readonly webhookId: string
  /** How often it was received again. */
  readonly times: number
  /** When it was last received. */
  readonly lastAt: DateTime.Utc
}

/** How long to keep counts. */
const minutesKept = Duration.days(2)
const hoursKept = Duration.days(400)

/**
 * Reports figures about stored and counted data.
 *
 * @category services
 */
export class Reporting extends Context.Service<
  Reporting,
  {
    /** All buckets that are not empty, oldest first. Minutes are kept for 2 days, hours for 400 days. */
    readonly series: (options: SeriesOptions) => Effect.Effect<ReadonlyArray<Point>, InboxUnavailable>
    /** The counts of the last 24 hours, by source. */
    readonly lastDay: Effect.Effect<ReadonlyMap<string, Counts>, InboxUnavailable>
    /** When the source last received a webhook, to the minute, within the last 400 days. */
    readonly lastReceived: (source: string) => Effect.Effect<DateTime.Utc | null, InboxUnavailable>
    /** When the source first received a webhook, to the hour, within the last 400 days. */
    readonly firstReceived: (source: string) => Effect.Effect<DateTime.Utc | null, InboxUnavailable>
    /** What was counted for a source, by bucket, without empty ones, oldest first. */
    readonly counted: (options: CountOptions) => Effect.Effect<ReadonlyArray<Count>, InboxUnavailable>
    /** What failed and waits for an operator, by source or Spot. */
    readonly failures: Effect.Effect<Failures, InboxUnavailable>
    /** Pending work and failures, as of now. */
    readonly snapshot: Effect.Effect<Standing, InboxUnavailable>
    /** Dead letters by cause, the largest group first. */
    readonly deadLetters: Effect.Effect<ReadonlyArray<DeadLetterGroup>, InboxUnavailable>
    /** Those of these webhooks that their senders repeated. */
    readonly resent: (
      webhookIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyArray<Resent>, InboxUnavailable>
    /** When the person of this invitation was forgotten; null if they were not. */
    readonly forgottenAt: (invitationId: string) => Effect.Effect<DateTime.Utc | null, InboxUnavailable>
    /**
     * A token that changes whenever other relays on the database have counted something; undefined if none did recently.
     */
    readonly elsewhere: Effect.Effect<string | undefined, InboxUnavailable>
    /** Deletes counts that are too old. */
    readonly trim: Effect.Effect<void, InboxUnavailable>
  }
>()("@usher/engine/Reporting") {}

/**
 * Reads from the database, beside the Inbox.
 *
 * @category layers
 */
export const layerSql: Layer.Layer<Reporting, never, StoreSql> = Layer.effect(
  Reporting,
  Effect.map(StoreSql, ({ sql }) => Reporting.of(make(sql)))
)

interface CountRow {
  readonly name: string
  readonly sum: number
}

type DeadGroupRow = Omit<DeadLetterGroup, "oldestAt" | "newestAt" | "message"> & {
  readonly oldestId: string
}

/** Sums by name, for each key, in the order of the rows. */
const countsBy = <Key, Row extends CountRow>(rows: ReadonlyArray<Row>, keyOf: (row: Row) => Key) => {
  const all = new Map<Key, Record<Name, number>>()
  for (const row of rows) {
    const counts = all.get(keyOf(row)) ?? { ...none }
    all.set(keyOf(row), counts)
    if (isName(row.name)) counts[row.name] += row.sum
  }
  return all
}

const bucketMillis = { ...spans, day: 86_400_000 }

const timeOf = (millis: number | null | undefined): DateTime.Utc | null =>
  millis === null || millis === undefined ? null : DateTime.makeUnsafe(millis)

const make = (sql: SqlClient.SqlClient): Reporting["Service"] => {
  const { count, received, due, later } = counting(sql)

  return {
    series: Effect.fnUntraced(function* ({ bucket, from, to, source }) {
      const millis = bucketMillis[bucket]
      const begin = DateTime.toEpochMillis(from)
      const found = yield* sql<CountRow & { readonly bucket: number }>`SELECT
          at - at % CAST(${millis} AS BIGINT) AS bucket, name, CAST(sum(count) AS BIGINT) AS sum FROM counts
        WHERE ${sql.and([
          sql`span = ${bucket === "minute" ? "minute" : "hour"}`,
          sql`at >= ${begin - (begin % millis)}`,
          sql`at < ${DateTime.toEpochMillis(to)}`,
          ...(source === undefined ? [] : [sql`source = ${source}`])
        ])} GROUP BY 1, 2 ORDER BY 1`
      const points = countsBy(found, (row) => row.bucket)
      return Array.from(points, ([at, counts]): Point => ({ at: DateTime.makeUnsafe(at), counts }))
    }, toInboxUnavailable),

    lastDay: Effect.gen(function* () {
      const begin = (yield* Clock.currentTimeMillis) - bucketMillis.day
      const firstHour = begin - (begin % spans.hour) + spans.hour
      const found = yield* sql<
        CountRow & { readonly source: string }
      >`SELECT source, name, CAST(sum(count) AS BIGINT) AS sum FROM counts
        WHERE (span = 'hour' AND at >= ${firstHour}) OR (span = 'minute' AND at >= ${begin} AND at < ${firstHour})
        GROUP BY source, name`
      return countsBy(found, ({ source }) => source)
    }).pipe(toInboxUnavailable),

    ...pacing(sql),
    failures: failing(sql),

    snapshot: Effect.gen(function* () {
      const toMap = yield* received
      const toSend = yield* due()
      const found: Standing = {
        waitingWebhooks: toMap.count,
        waitingInvitations: Math.min(maxCounted, toSend.count + (yield* later())),
        deadLetters: yield* count("invitations", sql.literal("status IN ('rejected', 'exhausted')")),
        unmappable: yield* count("webhooks", sql.literal("status = 'unmappable'")),
        quarantined: yield* count("quarantined", sql.literal("1 = 1")),
        oldestReceived: toMap.oldest,
        oldestDue: toSend.oldest
      }
      return found
    }).pipe(toInboxUnavailable),

    deadLetters: Effect.gen(function* () {
      const groups =
        yield* sql<DeadGroupRow>`SELECT status, last_error AS error, spot, live_id AS "liveId", count(*) AS count, max(id) AS "newestId", min(id) AS "oldestId"
        FROM (SELECT id, status, last_error, spot, live_id FROM invitations
          WHERE status IN ('rejected', 'exhausted') ORDER BY id DESC ${limited(sql, maxGrouped)}) AS dead
      GROUP BY status, last_error, spot, live_id ORDER BY 5 DESC, 6 DESC ${limited(sql, maxGroups)}`
      if (groups.length === 0) return []
      const ends = groups.flatMap(({ oldestId, newestId }) => [oldestId, newestId])
      const settled = yield* sql<{
        id: string
        at: number | null
      }>`SELECT id, settled_at AS at FROM invitations
        WHERE ${sql.in("id", ends)}`
      const times = new Map(settled.map(({ id, at }) => [id, timeOf(at)]))
      const newest = sql.in(
        "invitation_id",
        groups.map(({ newestId }) => newestId)
      )
      const errors = yield* sql<{ id: string; error: string | null }>`SELECT invitation_id AS id, error
        FROM attempt_invitations WHERE (invitation_id, attempt_id) IN
          (SELECT invitation_id, max(attempt_id) FROM attempt_invitations WHERE ${newest} GROUP BY invitation_id)`
      const messages = new Map(errors.map(({ id, error }) => [id, rows.messageOf(error)]))
      return groups.map(({ status, error, spot, liveId, count, oldestId, newestId }): DeadLetterGroup => ({
        status,
        error,
        spot,
        liveId,
        count,
        oldestAt: times.get(oldestId) ?? null,
        newestAt: times.get(newestId) ?? null,
        newestId,
        message: messages.get(newestId) ?? null
      }))
    }).pipe(toInboxUnavailable),

    resent: Effect.fnUntraced(function* (webhookIds) {
      if (webhookIds.length === 0) return []
      const found = yield* sql<{
        webhookId: string
        times: number
        last: number
      }>`SELECT id AS "webhookId", resent AS times, resent_at AS last FROM webhooks
        WHERE resent > 0 AND ${sql.in("id", webhookIds)} ORDER BY id`
      return found.map(({ webhookId, times, last }): Resent => ({
        webhookId,
        times,
        lastAt: DateTime.makeUnsafe(last)
      }))
    }, toInboxUnavailable),

    forgottenAt: Effect.fnUntraced(function* (invitationId) {
      const [row] = yield* sql<{ at: number | null }>`SELECT forgotten_at AS at FROM people
        WHERE id = (SELECT person FROM invitations WHERE id = ${invitationId}) AND member IS NULL`
      return timeOf(row?.at)
    }, toInboxUnavailable),

    elsewhere: Effect.gen(function* () {
      const since = (yield* Clock.currentTimeMillis) - 3 * spans.minute
      const writer = yield* Writer
      const [row] = yield* sql<{
        at: number
        sum: number
      }>`SELECT at, CAST(sum(count) AS BIGINT) AS sum FROM counts
        WHERE span = 'minute' AND at >= ${since} AND writer <> ${writer} GROUP BY at ORDER BY at DESC LIMIT 1`
      return row === undefined ? undefined : `${row.at} ${row.sum}`
    }).pipe(toInboxUnavailable),

    trim: Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      yield* sql`DELETE FROM counts WHERE span = 'minute' AND at < ${now - Duration.toMillis(minutesKept)}`
      yield* sql`DELETE FROM counts WHERE span = 'hour' AND at < ${now - Duration.toMillis(hoursKept)}`
    }).pipe(toInboxUnavailable)
  }
}
