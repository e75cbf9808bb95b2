/** Plans and runs releases of refused deliveries: accepts those that verify, and tells why the others stay. */
import { Array as Arr, type ByteSize, DateTime, Effect, Result } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { Refusal, Stayed } from "@usher/model/Quarantined"
import type { Inbox, InboxUnavailable } from "../../ports/Inbox.ts"
import { open } from "../../receive/opening.ts"
import type { ReleaseOptions, Which } from "../../receive/Quarantine.ts"
import * as headers from "../../source/headers.ts"
import type { Sources } from "../../source/Sources.ts"
import type { judgingAny } from "./any.ts"
import * as rows from "./rows.ts"

export interface Services {
  readonly sql: SqlClient.SqlClient
  readonly inbox: Inbox["Service"]
  readonly sources: Sources["Service"]
  readonly judgeAny: ReturnType<typeof judgingAny>
  readonly publicUrl: string
  /** The largest body after decompression. */
  readonly maxSize: ByteSize.ByteSize
  readonly conditions: (which: Which) => ReadonlyArray<Statement.Fragment>
  /** Emits events of deliveries that left the quarantine. */
  readonly show: (changed: ReadonlyArray<Pick<rows.Row, "id" | "source">>) => Effect.Effect<void>
}

export const notConfigured: Refusal = {
  reason: "SourceNotConfigured",
  message: "its source was removed from the configuration"
}

/** Deliveries in memory at the same time, with their bodies. */
const batch = 20

/** Deliveries that are verified and accepted concurrently. One more waits with a copy of its body. */
const sideBySide = 4

/** The most deliveries to list that stay; all are counted. */
const maxListed = 100

/** The result for one delivery: accepted, now or before, or why it stays. */
type Outcome = { readonly duplicate: boolean } | Stayed

type Step = (row: rows.WithBody) => Effect.Effect<Outcome, InboxUnavailable | SqlError.SqlError>

const stays = ({ id, source }: rows.Row, { reason, message }: Refusal): Stayed => ({
  id,
  source,
  reason,
  message
})

export const releasing = ({ sql, inbox, sources, judgeAny, publicUrl, maxSize, ...services }: Services) => {
  const { conditions, show } = services
  const remove = rows.deleting(sql)
  const releaseOne = Effect.fnUntraced(function* (
    row: rows.WithBody,
    { by, unverified = false }: ReleaseOptions
  ): Effect.fn.Return<Outcome, InboxUnavailable | SqlError.SqlError> {
    const source = (yield* sources.current).get(row.source)
    if (source === undefined) return stays(row, notConfigured)
    const judged = yield* judgeAny(source, rows.requests(row, publicUrl), maxSize)
    const { verdict, delivery, at: receivedAt } = judged
    if (Result.isFailure(verdict) && !unverified) return stays(row, verdict.failure)
    const verified = Result.isSuccess(verdict)
    // An operator can accept a delivery even if its body can't be decompressed.
    const opened = yield* Effect.orElseSucceed(open(delivery, maxSize), () => delivery)
    const identity = source.identify(opened, Result.getOrUndefined(verdict))
    const { id, duplicate } = yield* inbox.accept({
      source: source.name,
      sender: source.sender.name,
      ...identity,
      formerIds: () => source.formerIds(delivery),
      dedupeWindow: source.dedupeWindow,
      mappingVersion: source.mapping.version,
      headers: headers.kept(delivery.headers, source.keptHeaders),
      body: delivery.body,
      traceparent: null,
      receivedAt,
      release: { at: yield* DateTime.now, by, verified }
    })
    // Also deletes the copies from other clients. After a failure in between, the next release finds the accepted
    // delivery as a duplicate.
    const gone = yield* remove(sql`source = ${row.source} AND digest = ${row.digest}`)
    yield* show(gone)
    yield* Effect.logInfo("delivery released from quarantine").pipe(
      Effect.annotateLogs({ "webhook.source": source.name, "webhook.id": id, duplicate, verified })
    )
    return { duplicate }
  })

  /** Whether a release would accept it. */
  const verifyOne: Step = Effect.fnUntraced(function* (row) {
    const source = (yield* sources.current).get(row.source)
    if (source === undefined) return stays(row, notConfigured)
    const { verdict } = yield* judgeAny(source, rows.requests(row, publicUrl), maxSize)
    return Result.isFailure(verdict) ? stays(row, verdict.failure) : { duplicate: false }
  })

  /** Takes one delivery that several clients sent: if one copy is accepted, none stays. */
  const takeTogether = Effect.fnUntraced(function* (
    copies: Arr.NonEmptyReadonlyArray<rows.WithBody>,
    step: Step
  ) {
    const stayed: Array<Outcome> = []
    for (const row of copies) {
      const outcome = yield* step(row)
      if ("duplicate" in outcome) {
        return copies.map((_, index): Outcome => (index === 0 ? outcome : { duplicate: true }))
      }
      stayed.push(outcome)
    }
    return stayed
  })

  const take = Effect.fnUntraced(function* (which: Which, step: Step) {
    let [released, duplicates, refused] = [0, 0, 0]
    const stayed: Array<Stayed> = []
    const reasons: Record<string, number> = {}
    const unknown = new Set(which.ids)
    let above = ""
    for (;;) {
      const found = yield* sql<rows.WithBody>`SELECT * FROM quarantined
            WHERE ${sql.and([sql`id > ${above}`, ...conditions(which)])} ORDER BY id LIMIT ${batch}`
      const deliveries = Object.values(Arr.groupBy(found, ({ source, digest }) => `${source}\n${digest}`))
      const outcomes = yield* Effect.forEach(deliveries, (copies) => takeTogether(copies, step), {
        concurrency: sideBySide
      })
      for (const outcome of outcomes.flat()) {
        if ("duplicate" in outcome) {
          released++
          if (outcome.duplicate) duplicates++
          continue
        }
        refused++
        reasons[outcome.reason] = (reasons[outcome.reason] ?? 0) + 1
        if (stayed.length < maxListed) stayed.push(outcome)
      }
      for (const { id } of found) unknown.delete(id)
      above = found.at(-1)?.id ?? above
      if (found.length < batch)
        return { released, duplicates, refused, reasons, stayed, unknown: [...unknown] }
    }
  })

  return {
    plan: function* (which: Which) {
      const asOf = yield* DateTime.now
      const { released, refused, reasons, unknown } = yield* take({ ...which, asOf }, verifyOne)
      return { deliveries: released + refused, verifying: released, reasons, unknown, asOf }
    },
    release: (which: Which, options: ReleaseOptions) => take(which, (row) => releaseOne(row, options))
  }
}
