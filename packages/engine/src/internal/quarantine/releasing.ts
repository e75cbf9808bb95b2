/** Releasing a selection of refused deliveries: what is accepted, what stays and why. */
import { type ByteSize, DateTime, Effect, Result } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { Inbox, InboxUnavailable } from "../../Inbox.ts"
import type { Refusal, Released, ReleaseOptions, Stayed, Which } from "../../Quarantine.ts"
import type { Sources } from "../../Sources.ts"
import * as headers from "../headers.ts"
import { judge } from "./judging.ts"
import * as rows from "./rows.ts"

export interface Services {
  readonly sql: SqlClient.SqlClient
  readonly inbox: Inbox["Service"]
  readonly sources: Sources["Service"]
  readonly publicUrl: string
  /** Of a body after decompression. */
  readonly maxSize: ByteSize.ByteSize
  readonly conditions: (which: Which) => ReadonlyArray<Statement.Fragment>
}

export const notConfigured: Refusal = {
  reason: "SourceNotConfigured",
  message: "its source is not configured any more"
}

/** Deliveries in memory at a time, with their bodies. */
const batch = 20

/** Deliveries that stay are listed up to this many; all are counted. */
const maxListed = 100

/** How the release of one delivery ended. */
type Outcome =
  | { readonly _tag: "Released"; readonly duplicate: boolean }
  | ({ readonly _tag: "Stayed" } & Stayed)

/** Counts outcomes, batch after batch. */
const tally = () => {
  let [released, duplicates] = [0, 0]
  const listed: Array<Stayed> = []
  const reasons = new Map<Stayed["reason"], number>()
  return {
    add: (outcome: Outcome): void => {
      if (outcome._tag === "Released") {
        released += 1
        if (outcome.duplicate) duplicates += 1
        return
      }
      const { _tag, ...stayed } = outcome
      reasons.set(stayed.reason, (reasons.get(stayed.reason) ?? 0) + 1)
      if (listed.length < maxListed) listed.push(stayed)
    },
    result: (unknown: ReadonlyArray<string>): Released => ({
      released,
      duplicates,
      refused: [...reasons.values()].reduce((sum, count) => sum + count, 0),
      reasons: Object.fromEntries(reasons),
      stayed: listed,
      unknown
    })
  }
}

export const releasing = ({ sql, inbox, sources, publicUrl, maxSize, conditions }: Services) => {
  const releaseOne = Effect.fnUntraced(function* (
    row: rows.WithBody,
    { by, unverified = false }: ReleaseOptions
  ): Effect.fn.Return<Outcome, InboxUnavailable | SqlError.SqlError> {
    const source = (yield* sources.current).get(row.source)
    if (source === undefined) return { _tag: "Stayed", id: row.id, source: row.source, ...notConfigured }
    const delivery = rows.delivery(row, publicUrl)
    const receivedAt = DateTime.makeUnsafe(Number(row.last_at))
    const { verdict, identity } = yield* judge(source, delivery, { at: receivedAt, maxSize })
    if (Result.isFailure(verdict) && !unverified) {
      const { reason, message } = verdict.failure
      return { _tag: "Stayed", id: row.id, source: row.source, reason, message }
    }
    const verified = Result.isSuccess(verdict)
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
    // A failure in between is mended by the next release, to which the accepted delivery is a duplicate.
    yield* sql`DELETE FROM quarantined WHERE id = ${row.id}`
    yield* Effect.logInfo("a delivery was released from quarantine").pipe(
      Effect.annotateLogs({ "webhook.source": source.name, "webhook.id": id, duplicate, verified })
    )
    return { _tag: "Released", duplicate }
  })

  return function* (which: Which, options: ReleaseOptions) {
    const { add, result } = tally()
    const unknown = new Set(which.ids)
    let above = ""
    for (;;) {
      const found = yield* sql<rows.WithBody>`SELECT ${sql.literal(rows.columns)}, body FROM quarantined
            WHERE ${sql.and([sql`id > ${above}`, ...conditions(which)])} ORDER BY id LIMIT ${batch}`
      const outcomes = yield* Effect.forEach(found, (row) => releaseOne(row, options), {
        concurrency: batch
      })
      outcomes.forEach(add)
      for (const { id } of found) unknown.delete(id)
      above = found.at(-1)?.id ?? above
      if (found.length < batch) return result([...unknown])
    }
  }
}
