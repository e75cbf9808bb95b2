/**
 * The quarantine on SQL: SQLite or Postgres, beside the Inbox.
 */
import { Clock, Duration, Effect, Layer, Result } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Diagnosis } from "@usher/signatures"
import { Inbox } from "./Inbox.ts"
import { unavailable } from "./internal/inbox/store.ts"
import { notConfigured, releasing } from "./internal/quarantine/releasing.ts"
import * as rows from "./internal/quarantine/rows.ts"
import { supervise } from "./internal/supervise.ts"
import * as tokenBuckets from "./internal/tokenBuckets.ts"
import { type Bounds, Quarantine, type Refused, type Which } from "./Quarantine.ts"
import type { PageOptions } from "./Search.ts"
import { Sources } from "./Sources.ts"
import * as StoredBody from "./StoredBody.ts"

/**
 * @category options
 * @since 0.1.0
 */
export interface Options extends Bounds {
  /** The URL that senders call, without a slash at the end: some sign it. */
  readonly publicUrl: string
}

/**
 * On the Inbox's database. Deletes what is too old while the layer lives.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options
): Layer.Layer<Quarantine, never, SqlClient.SqlClient | SecureRandom.SecureRandom | Inbox | Sources> =>
  Layer.effect(
    Quarantine,
    Effect.gen(function* () {
      const {
        deliveries = 1_000,
        bytes = 20 * 1024 * 1024,
        age = Duration.days(14),
        perMinute = 60
      } = options
      const sql = yield* SqlClient.SqlClient
      const random = yield* SecureRandom.SecureRandom
      const inbox = yield* Inbox
      const sources = yield* Sources
      const maxSize = yield* StoredBody.MaxSize
      const allowed = tokenBuckets.make({ perSecond: perMinute / 60, burst: perMinute })

      const keep = Effect.fn("Quarantine.keep")(
        function* (refused: Refused) {
          const now = yield* Clock.currentTimeMillis
          const { source } = refused
          if (refused.delivery.body.length > bytes || allowed.take(source.name, now) > 0) return false
          const row = rows.of(`qu_${yield* random.ulid}`, refused, yield* sources.current, now)
          yield* sql`INSERT INTO quarantined ${sql.insert([row])} ON CONFLICT (source, digest) DO UPDATE
          SET last_at = excluded.last_at, times = quarantined.times + 1, reason = excluded.reason, message = excluded.message,
            method = excluded.method, target = excluded.target, headers = excluded.headers`
          yield* sql`DELETE FROM quarantined WHERE id IN (SELECT id FROM (
            SELECT id, row_number() OVER newest AS place, sum(size) OVER newest AS total
            FROM quarantined WHERE source = ${source.name} WINDOW newest AS (ORDER BY last_at DESC, id DESC)) AS ranked
          WHERE place > ${deliveries} OR total > ${bytes})`
          return true
        },
        sql.withTransaction,
        unavailable
      )

      const conditions = ({ ids, source, all }: Which) => [
        ids === undefined && source === undefined && all !== true ? sql`1 = 0` : sql`1 = 1`,
        ...(ids === undefined ? [] : [sql.in("id", ids)]),
        ...(source === undefined ? [] : [sql`source = ${source}`])
      ]

      const list = Effect.fn("Quarantine.list")(function* (
        { source }: { readonly source?: string | undefined },
        { limit, after }: PageOptions
      ) {
        const where = [
          ...conditions(source === undefined ? { all: true } : { source }),
          ...(after === undefined ? [] : [sql`id < ${after}`])
        ]
        const found = yield* sql<rows.Row>`SELECT ${sql.literal(rows.columns)} FROM quarantined
          WHERE ${sql.and(where)} ORDER BY id DESC LIMIT ${limit + 1}`
        const configured = yield* sources.current
        const items = found.slice(0, limit).map((row) => rows.shown(row, configured))
        return { items, next: found.length > limit ? (items.at(-1)?.id ?? null) : null }
      }, unavailable)

      const counts = sql<{ source: string; count: number | bigint }>`SELECT source, count(*) AS count
        FROM quarantined GROUP BY source`.pipe(
        Effect.map((found) => new Map(found.map(({ source, count }) => [source, Number(count)]))),
        unavailable
      )

      const get = Effect.fn("Quarantine.get")(
        function* (id: string) {
          const [row] =
            yield* sql<rows.WithBody>`SELECT ${sql.literal(rows.columns)}, body FROM quarantined WHERE id = ${id}`
          if (row === undefined) return undefined
          const configured = yield* sources.current
          const source = configured.get(row.source)
          const { source: name, body } = row
          const shown = { ...rows.shown(row, configured), body, findings: [], tried: [] }
          if (source === undefined) return { ...shown, verifies: false, refusal: notConfigured }
          const { verdict, ...explained } = yield* Diagnosis.diagnose({
            scheme: source.sender.scheme,
            secrets: source.secrets,
            delivery: rows.delivery(row, options.publicUrl),
            maxSize,
            others: [...configured.values()]
              .filter((other) => other.name !== name)
              .map((other) => ({ name: other.name, scheme: other.sender.scheme, secrets: other.secrets })),
            at: shown.lastAt
          })
          const refusal = Result.match(verdict, {
            onSuccess: () => null,
            onFailure: ({ reason, message }) => ({ reason, message })
          })
          return { ...shown, ...explained, verifies: refusal === null, refusal }
          // Secrets are judged when a source is made.
        },
        Effect.catchTag("InvalidSecret", Effect.die),
        unavailable
      )

      const release = Effect.fn("Quarantine.release")(
        releasing({ sql, inbox, sources, publicUrl: options.publicUrl, maxSize, conditions }),
        unavailable
      )

      const discard = Effect.fn("Quarantine.discard")(function* (which: Which) {
        const found = yield* sql<{ id: string }>`DELETE FROM quarantined
          WHERE ${sql.and(conditions(which))} RETURNING id`
        const unknown = new Set(which.ids)
        for (const { id } of found) unknown.delete(id)
        return { discarded: found.length, unknown: [...unknown] }
      }, unavailable)

      const sweep = Effect.gen(function* () {
        const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(age)
        yield* sql`DELETE FROM quarantined WHERE last_at < ${before}`
        yield* Effect.sleep("1 hour")
      })
      yield* Effect.forkScoped(supervise("Sweeping the quarantine", sweep))

      return Quarantine.of({ keep, list, counts, get, release, discard })
    })
  )
