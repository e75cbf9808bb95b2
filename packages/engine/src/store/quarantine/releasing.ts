/** Releasing a selection of refused deliveries: what is accepted, what stays and why. */
import { Array as Arr, type ByteSize, DateTime, Effect, Result } from "effect"
import type { SqlClient, SqlError, Statement } from "effect/sql"
import type { Refusal, Released, Stayed } from "@usher/model/Quarantined"
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
  /** Of a body after decompression. */
  readonly maxSize: ByteSize.ByteSize
  readonly conditions: (which: Which) => ReadonlyArray<Statement.Fragment>
}

export const notConfigured: Refusal = {
  reason: "SourceNotConfigured",
  message: "its source was removed from the configuration"
}

/** Deliveries in memory at a time, with their bodies. */
const batch = 20

/** Of them, those that are judged and accepted side by side: one more waits with a copy of its body. */
const sideBySide = 4

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

export const releasing = ({ sql, inbox, sources, judgeAny, publicUrl, maxSize, conditions }: Services) => {
  const releaseOne = Effect.fnUntraced(function* (
    row: rows.WithBody,
    { by, unverified = false }: ReleaseOptions
  ): Effect.fn.Return<Outcome, InboxUnavailable | SqlError.SqlError> {
    const source = (yield* sources.current).get(row.source)
    if (source === undefined) return { _tag: "Stayed", id: row.id, source: row.source, ...notConfigured }
    const judged = yield* judgeAny(source, rows.requests(row, publicUrl), maxSize)
    const { verdict, delivery, at: receivedAt } = judged
    if (Result.isFailure(verdict) && !unverified) {
      const { reason, message } = verdict.failure
      return { _tag: "Stayed", id: row.id, source: row.source, reason, message }
    }
    const verified = Result.isSuccess(verdict)
    // Accepted on an operator's word, also where its body can't be opened.
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
    // With what came of it from other clients. A failure in between is mended by the next release, to which the accepted
    // delivery is a duplicate.
    yield* sql`DELETE FROM quarantined WHERE source = ${row.source} AND digest = ${row.digest}`
    yield* Effect.logInfo("delivery released from quarantine").pipe(
      Effect.annotateLogs({ "webhook.source": source.name, "webhook.id": id, duplicate, verified })
    )
    return { _tag: "Released", duplicate }
  })

  /** One delivery, as it came from each of its clients: where it is accepted from one of them, none stays. */
  const releaseTogether = Effect.fnUntraced(function* (
    copies: Arr.NonEmptyReadonlyArray<rows.WithBody>,
    options: ReleaseOptions
  ) {
    const outcomes: Array<Outcome> = []
    let accepted: Outcome | undefined
    for (const row of copies) {
      const outcome = yield* releaseOne(row, options)
      outcomes.push(outcome)
      if (outcome._tag === "Stayed") continue
      accepted = outcome
      break
    }
    if (accepted === undefined) return outcomes
    const first = accepted
    return copies.map((_, index): Outcome => (index === 0 ? first : { _tag: "Released", duplicate: true }))
  })

  return function* (which: Which, options: ReleaseOptions) {
    const { add, result } = tally()
    const unknown = new Set(which.ids)
    let above = ""
    for (;;) {
      const found = yield* sql<rows.WithBody>`SELECT ${sql.literal(rows.wholeColumns)} FROM quarantined
            WHERE ${sql.and([sql`id > ${above}`, ...conditions(which)])} ORDER BY id LIMIT ${batch}`
      const deliveries = Object.values(Arr.groupBy(found, ({ source, digest }) => `${source}\n${digest}`))
      const outcomes = yield* Effect.forEach(deliveries, (copies) => releaseTogether(copies, options), {
        concurrency: sideBySide
      })
      outcomes.flat().forEach(add)
      for (const { id } of found) unknown.delete(id)
      above = found.at(-1)?.id ?? above
      if (found.length < batch) return result([...unknown])
    }
  }
}
