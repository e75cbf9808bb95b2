/**
 * The quarantine on SQL: SQLite or Postgres, beside the Inbox.
 */
import { Clock, DateTime, Duration, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { Diagnosis } from "@usher/signatures"
import { Inbox } from "./Inbox.ts"
import * as headers from "./internal/headers.ts"
import { unavailable } from "./internal/inbox/store.ts"
import { open, openAndVerify } from "./internal/opening.ts"
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
  /** What senders call, without a slash at the end: some sign it. */
  readonly publicUrl: string
}

/** Held in memory at a time, with their bodies. */
const batch = 20

/**
 * On the Inbox's database. What is too old goes while the layer lives.
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
          const row = rows.of(`qu_${yield* random.ulid}`, refused, now)
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

      const conditions = ({ ids, source }: Which) => [
        sql`1 = 1`,
        ...(ids === undefined ? [] : [sql.in("id", ids)]),
        ...(source === undefined ? [] : [sql`source = ${source}`])
      ]

      const list = Effect.fn("Quarantine.list")(function* (
        { source }: { readonly source?: string | undefined },
        { limit, after }: PageOptions
      ) {
        const where = [...conditions({ source }), ...(after === undefined ? [] : [sql`id < ${after}`])]
        const found = yield* sql<rows.Row>`SELECT ${sql.literal(rows.columns)} FROM quarantined
          WHERE ${sql.and(where)} ORDER BY id DESC LIMIT ${limit + 1}`
        const configured = yield* sources.current
        const items = found.slice(0, limit).map((row) => rows.shown(row, configured.get(row.source)))
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
          const { name, body } = { name: row.source, body: row.body }
          const found = { ...rows.shown(row, source), body, verifies: false, findings: [], tried: [] }
          if (source === undefined) return found
          const { verdict, ...explained } = yield* Diagnosis.diagnose({
            scheme: source.sender.scheme,
            secrets: source.secrets,
            delivery: rows.delivery(row, options.publicUrl),
            maxSize,
            others: [...configured.values()]
              .filter((other) => other.name !== name)
              .map((other) => ({ name: other.name, scheme: other.sender.scheme, secrets: other.secrets })),
            at: found.lastAt
          })
          return { ...found, ...explained, verifies: verdict._tag === "Success" }
          // Secrets are judged when a source is made.
        },
        Effect.catchTag("InvalidSecret", Effect.die),
        unavailable
      )

      const releaseOne = Effect.fnUntraced(function* (row: rows.WithBody, unverified: boolean) {
        const source = (yield* sources.current).get(row.source)
        if (source === undefined) return false
        const sent = rows.delivery(row, options.publicUrl)
        const receivedAt = DateTime.makeUnsafe(Number(row.last_at))
        const opened = yield* Effect.option(openAndVerify(source, sent, { maxSize, at: receivedAt }))
        if (Option.isNone(opened) && !unverified) return false
        const delivery = Option.isSome(opened)
          ? opened.value.delivery
          : yield* Effect.orElseSucceed(open(sent, maxSize), () => sent)
        const verified = Option.map(opened, ({ verified }) => verified)
        const { id, duplicate } = yield* inbox.accept({
          source: source.name,
          sender: source.sender.name,
          ...source.identify(delivery, Option.getOrUndefined(verified)),
          dedupeWindow: source.dedupeWindow,
          mappingVersion: source.mapping.version,
          headers: headers.kept(sent.headers, source.sender),
          body: sent.body,
          traceparent: null,
          receivedAt
        })
        yield* sql`DELETE FROM quarantined WHERE id = ${row.id}`
        yield* Effect.logInfo("a delivery was released from quarantine").pipe(
          Effect.annotateLogs({
            "webhook.source": source.name,
            "webhook.id": id,
            duplicate,
            verified: Option.isSome(verified)
          })
        )
        return true
      })

      const release = Effect.fn("Quarantine.release")(function* (
        which: Which,
        { unverified = false }: { readonly unverified?: boolean | undefined } = {}
      ) {
        let [released, refused, above] = [0, 0, ""]
        for (;;) {
          const found = yield* sql<rows.WithBody>`SELECT ${sql.literal(rows.columns)}, body FROM quarantined
            WHERE ${sql.and([sql`id > ${above}`, ...conditions(which)])} ORDER BY id LIMIT ${batch}`
          const done = yield* Effect.forEach(found, (row) => releaseOne(row, unverified), {
            concurrency: batch
          })
          released += done.filter((isReleased) => isReleased).length
          refused += done.filter((isReleased) => !isReleased).length
          above = found.at(-1)?.id ?? above
          if (found.length < batch) return { released, refused }
        }
      }, unavailable)

      const discard = Effect.fn("Quarantine.discard")(function* (which: Which) {
        return (yield* sql`DELETE FROM quarantined WHERE ${sql.and(conditions(which))} RETURNING id`).length
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
