/** The quarantine on SQLite or Postgres, beside the Inbox. */
import { Clock, DateTime, Duration, Effect, Layer } from "effect"
import type { PageOptions } from "@usher/model/Search"
import { Inbox } from "../ports/Inbox.ts"
import * as judging from "../receive/judging/judge.ts"
import { type Bounds, Quarantine, type Refused, type Which } from "../receive/Quarantine.ts"
import { supervise, working } from "../runtime/supervise.ts"
import * as tokenBuckets from "../runtime/tokenBuckets.ts"
import { Sources } from "../source/Sources.ts"
import * as StoredBody from "../source/StoredBody.ts"
import { judgingAny } from "./quarantine/any.ts"
import { evicting } from "./quarantine/evicting.ts"
import { explaining, unexplained } from "./quarantine/explaining.ts"
import { quarantining } from "./quarantine/metrics.ts"
import { notConfigured, releasing } from "./quarantine/releasing.ts"
import * as rows from "./quarantine/rows.ts"
import { transaction, toInboxUnavailable } from "./rows/transaction.ts"
import { pageOf } from "./rows/keyRanges.ts"
import { StoreSql } from "./StoreSql.ts"

/**
 * Bounds of the quarantine, and the URL that senders sign.
 *
 * @category options
 */
export interface Options extends Bounds {
  /** The URL that senders call, without a trailing slash. Some senders sign it. */
  readonly publicUrl: string
  /** Whether it deletes deliveries older than `age`. Programs that do not receive leave it to the relay. Default: true. */
  readonly sweeps?: boolean | undefined
}

/** The number of clients of a source that can send at their full rate at the same time. */
const clientsAtOnce = 10

/**
 * Keeps the quarantine in the Inbox's database, and deletes what is too old.
 *
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<Quarantine, never, StoreSql | Inbox | Sources> =>
  Layer.effect(
    Quarantine,
    Effect.gen(function* () {
      const {
        deliveries = 1_000,
        bytes = 20 * 1024 * 1024,
        age = Duration.days(14),
        perMinute = 60
      } = options
      const { sql, random, clientOf, events } = yield* StoreSql
      const inbox = yield* Inbox
      const sources = yield* Sources
      const maxSize = yield* StoredBody.MaxSize
      const judge = yield* yield* judging.Judging
      const judgeAny = judgingAny(judge.judge)
      const explain = explaining(judge)
      const metrics = yield* quarantining
      const perClient = tokenBuckets.make({ perSecond: perMinute / 60, burst: perMinute })
      const perSource = tokenBuckets.make({
        perSecond: (perMinute * clientsAtOnce) / 60,
        burst: perMinute * clientsAtOnce
      })
      const evict = evicting(sql, { deliveries, bytes })
      const remove = rows.deleting(sql)
      const show = (changed: ReadonlyArray<Pick<rows.Row, "id" | "source">>) =>
        events.emit(() => changed.map(({ id, source }) => ({ type: "quarantine", id, source })))

      const write = Effect.fnUntraced(function* (row: ReturnType<typeof rows.of>) {
        const [kept] = yield* sql<{ id: string }>`INSERT INTO quarantined ${sql.insert([row])}
          ON CONFLICT (source, digest, client) DO UPDATE SET
            first_method = COALESCE(quarantined.first_method, quarantined.method),
            first_target = COALESCE(quarantined.first_target, quarantined.target),
            first_headers = COALESCE(quarantined.first_headers, quarantined.headers),
            last_at = excluded.last_at, times = quarantined.times + 1, reason = excluded.reason, message = excluded.message,
            method = excluded.method, target = excluded.target, headers = excluded.headers
          RETURNING id`
        return { kept: kept?.id, gone: yield* evict(row.source, row.client) }
      }, transaction(sql))

      const keep = Effect.fn("Quarantine.keep")(function* (refused: Refused) {
        const now = yield* Clock.currentTimeMillis
        const { name } = refused.source
        if (refused.delivery.body.length > bytes) {
          metrics.notKept(name, "size")
          return false
        }
        const isTooFast =
          perClient.take(`${name}\n${refused.client ?? ""}`, now) > 0 || perSource.take(name, now) > 0
        if (isTooFast) {
          metrics.notKept(name, "perMinute")
          return false
        }
        const id = `qu_${yield* random.ulid}`
        const row = rows.of(id, refused, clientOf(refused.client), yield* sources.current, now)
        const { kept, gone } = yield* write(row)
        for (const { bound } of gone) metrics.evicted(name, bound)
        if (kept === undefined || gone.some(({ id }) => id === kept)) return false
        yield* show([{ id: kept, source: name }])
        return true
      }, toInboxUnavailable)

      const conditions = ({ ids, source, all, asOf }: Which) => [
        ids === undefined && source === undefined && all !== true ? sql`1 = 0` : sql`1 = 1`,
        ...(ids === undefined ? [] : [sql.in("id", ids)]),
        ...(source === undefined ? [] : [sql`source = ${source}`]),
        ...(asOf === undefined ? [] : [sql`first_at < ${DateTime.toEpochMillis(asOf)}`])
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
        const { items, next } = pageOf({ rows: found, stoppedAt: undefined }, limit)
        return { items: items.map((row) => rows.shown(row, configured)), next }
      }, toInboxUnavailable)

      const counts = sql<{ source: string; count: number }>`SELECT source, count(*) AS count
        FROM quarantined GROUP BY source`.pipe(
        Effect.map((found) => new Map(found.map(({ source, count }) => [source, count]))),
        toInboxUnavailable
      )

      const get = Effect.fn("Quarantine.get")(function* (id: string) {
        const [row] = yield* sql<rows.WithBody>`SELECT * FROM quarantined WHERE id = ${id}`
        if (row === undefined) return undefined
        const configured = yield* sources.current
        const source = configured.get(row.source)
        const { source: name, body } = row
        const shown = { ...rows.shown(row, configured), body }
        if (source === undefined) return { ...shown, ...unexplained, refusal: notConfigured }
        const others = Array.from(configured.values()).filter((other) => other.name !== name)
        const { delivery, at } = yield* judgeAny(source, rows.requests(row, options.publicUrl), maxSize)
        return { ...shown, ...(yield* explain({ source, delivery, at, maxSize }, others)) }
      }, toInboxUnavailable)

      const { publicUrl } = options
      const releases = releasing({ sql, inbox, sources, judgeAny, publicUrl, maxSize, conditions, show })
      const plan = Effect.fn("Quarantine.plan")(releases.plan, toInboxUnavailable)
      const release = Effect.fn("Quarantine.release")(releases.release, toInboxUnavailable)

      const discard = Effect.fn("Quarantine.discard")(function* (which: Which) {
        const found = yield* remove(sql.and(conditions(which)))
        yield* show(found)
        const unknown = new Set(which.ids)
        for (const { id } of found) unknown.delete(id)
        return { discarded: found.length, unknown: [...unknown] }
      }, toInboxUnavailable)

      const sweep = Effect.gen(function* () {
        const before = (yield* Clock.currentTimeMillis) - Duration.toMillis(age)
        const old = yield* remove(sql`last_at < ${before}`)
        for (const { source } of old) metrics.evicted(source, "age")
        yield* working
        yield* Effect.sleep("1 hour")
      })
      if (options.sweeps !== false) yield* Effect.forkScoped(supervise("Sweeping the quarantine", sweep))

      return Quarantine.of({ keep, list, counts, get, plan, release, discard })
    })
  )
