/**
 * Accepts webhooks by a multi-row insert. It inserts each row as if it were new, and searches existing rows only if a
 * unique index refuses the row.
 */
import { Effect } from "effect"
import type { NewWebhook } from "@usher/model/Webhook"
import type { Event } from "@usher/model/Event"
import type { Accepted } from "../../ports/Inbox.ts"
import { counting, type Name } from "../rows/counting.ts"
import { locking } from "../rows/locks.ts"
import { inserting } from "../rows/manyRows.ts"
import { millis, type Store } from "../rows/store.ts"
import { transaction, toInboxUnavailable } from "../rows/transaction.ts"
import { columns } from "../rows/webhookRow.ts"
import { acceptedTogether } from "./acceptedTogether.ts"
import { conflicts } from "./conflicts.ts"
import { type Incoming, incoming, inKeyOrder } from "./incoming.ts"
import { knownContents } from "./knownContents.ts"
import { knownIds } from "./knownIds.ts"

/**
 * Stores a batch in one transaction. Returns, for each webhook, its id or the id of the webhook that it repeats;
 * undefined if it could not be stored.
 */
export const accept = (store: Store) => {
  const { sql, signals, events, repeated } = store
  const hasUnhashed = store.unhashedUntil > -Infinity
  const count = counting(sql)
  const { lock } = locking(sql)
  const prepare = incoming(store)
  const { former: formerContents } = knownContents(store)
  const { former: formerIds } = knownIds(store)
  const settle = conflicts(store)
  const insert = inserting(sql, "webhooks", columns)
  const inOrder = sql.onDialectOrElse({
    pg: () => inKeyOrder,
    orElse: () => (all: ReadonlyArray<Incoming>) => all
  })

  const write = Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const { all, now } = yield* prepare(batch)
    const retries = yield* formerOf(all)
    const unknown = inOrder(retries.size === 0 ? all : all.filter((one) => !retries.has(one)))
    const isNew = yield* insert(unknown)
    const refused = unknown.filter((_, index) => !isNew[index])
    return yield* finish(all, retries, refused, now)
  }, transaction(sql))

  /** Finds what an earlier version stored under another id or hash. */
  const formerOf = Effect.fnUntraced(function* (all: ReadonlyArray<Incoming>) {
    if (!hasUnhashed) return new Map<Incoming, string>()
    const former = [...(yield* formerContents(all)), ...(yield* formerIds(all))]
    return new Map(former.map(({ one, duplicateOf }) => [one, duplicateOf]))
  })

  /** Runs in the transaction that has inserted all webhooks except retries and refused ones. */
  const finish = Effect.fnUntraced(function* (
    all: ReadonlyArray<Incoming>,
    retries: Map<Incoming, string>,
    refused: ReadonlyArray<Incoming>,
    now: number
  ) {
    if (retries.size === 0 && refused.length === 0) {
      yield* count(all.map(countOf("accepted")), now)
      yield* release(all)
      return { accepted: all.map(({ id }): Accepted => ({ id, duplicate: false })), repeats: [] }
    }

    const { duplicates, inserted } = yield* settle(refused)
    for (const [one, id] of duplicates) retries.set(one, id)
    const missing = new Set(refused.filter((one) => !duplicates.has(one) && !inserted.has(one)))
    const stored = all.filter((one) => !retries.has(one) && !missing.has(one))
    yield* count([...stored.map(countOf("accepted")), ...[...retries.keys()].map(countOf("duplicates"))], now)
    yield* release(stored)
    yield* countRetries(retries.values(), now)
    return {
      accepted: all.map((one): Accepted | undefined => {
        const first = retries.get(one)
        if (first !== undefined) return { id: first, duplicate: true }
        return missing.has(one) ? undefined : { id: one.id, duplicate: false }
      }),
      repeats: stored.filter((one) => (inserted.get(one)?.firstWebhook ?? null) !== null)
    }
  })

  const storeTogether = acceptedTogether(sql)

  /** Uses no transaction if all are new. Webhooks that are not new get a transaction of their own. */
  const writeTogether = Effect.fnUntraced(function* (batch: ReadonlyArray<NewWebhook>) {
    const { all, now } = yield* prepare(batch)
    const retries = yield* formerOf(all)
    const unknown = inOrder(all.filter((one) => !retries.has(one)))
    const isNew = yield* storeTogether(unknown, now)
    const others = all.filter(({ id }) => !isNew.has(id))
    if (others.length === 0) {
      return { accepted: all.map(({ id }): Accepted => ({ id, duplicate: false })), repeats: [] }
    }
    // Even if storing the others fails.
    if (isNew.size > 0) yield* signals.publish("received")
    const refused = unknown.filter(({ id }) => !isNew.has(id))
    const finished = yield* Effect.suspend(() => finish(others, new Map(retries), refused, now)).pipe(
      transaction(sql)
    )
    const results = new Map(others.map(({ id }, at) => [id, finished.accepted[at]]))
    return {
      accepted: all.map(({ id }) => (isNew.has(id) ? { id, duplicate: false } : results.get(id))),
      repeats: finished.repeats
    }
  })

  const isReleased = ({ release }: NewWebhook) => release !== undefined

  const storeAll = sql.onDialectOrElse({
    pg: () => (batch: ReadonlyArray<NewWebhook>) =>
      batch.some(isReleased) ? write(batch) : writeTogether(batch),
    orElse: () => write
  })

  /** A separate statement, because few webhooks come out of quarantine. */
  const release = (stored: ReadonlyArray<Incoming>) =>
    Effect.forEach(
      stored.flatMap(({ id, webhook }) =>
        webhook.release === undefined ? [] : [{ id, ...webhook.release }]
      ),
      ({ id, at, by, verified }) =>
        sql`UPDATE webhooks SET released_at = ${millis(at)}, released_by = ${by}, verified = ${Number(verified)} WHERE id = ${id}`,
      { discard: true }
    )

  const countRetries = (ids: Iterable<string>, now: number) => {
    const times = new Map<string, number>()
    for (const id of ids) times.set(id, (times.get(id) ?? 0) + 1)
    const groups = Map.groupBy(times.keys(), (id) => times.get(id) ?? 1)
    const update = Effect.forEach(
      groups,
      ([often, some]) =>
        sql`UPDATE webhooks SET resent = resent + ${often}, resent_at = ${now} WHERE ${sql.in("id", some)}`,
      { discard: true }
    )
    return times.size === 1 ? update : Effect.andThen(lock("webhooks", times.keys()), update)
  }

  return (batch: ReadonlyArray<NewWebhook>) =>
    storeAll(batch).pipe(
      Effect.tap(({ accepted }) =>
        accepted.some((one) => one?.duplicate === false) ? signals.publish("received") : Effect.void
      ),
      Effect.tap(({ accepted }) => events.emit(() => accepted.flatMap(received(batch)))),
      Effect.map(({ accepted, repeats }) => {
        for (const { webhook } of repeats) repeated(webhook.source)
        return accepted
      }),
      toInboxUnavailable,
      Effect.withTracerEnabled(false)
    )
}

const countOf =
  (name: Name) =>
  ({ webhook: { source } }: Incoming) => ({ source, name })

const received =
  (batch: ReadonlyArray<NewWebhook>) =>
  (accepted: Accepted | undefined, index: number): ReadonlyArray<Event> =>
    accepted?.duplicate === false
      ? [{ type: "webhook", id: accepted.id, source: batch[index]?.source ?? "", status: "received" }]
      : []
