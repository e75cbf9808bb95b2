/** Compares accepts from 64 senders with the same writes on bare `node:sqlite`, with the same group commit. */
import { Console, Duration, Effect } from "effect"
import { ulidUnsafe } from "effect/crypto/SecureRandom"
import { Inbox, Migrations } from "@usher/engine"
import { SqliteClient } from "@usher/sqlite"
import { DatabaseSync } from "node:sqlite"
import * as markdown from "../report/markdown.ts"
import { ratio, spread } from "../report/statistics.ts"
import { inTurn } from "../Rounds.ts"
import { openSqlite } from "./databases.ts"

const senders = 64
const each = 150

const headers = {
  "content-type": "application/json",
  "user-agent": "a sender",
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek"
}
const body = new Uint8Array(600).fill(97)

type Accept = (deliveryId: string) => Effect.Effect<unknown, unknown>

/** Each sender waits for its answer before it sends again. Returns the accepts in a second. */
const rate = (accept: Accept) =>
  Effect.forEach(
    Array.from({ length: senders }),
    Effect.fnUntraced(function* () {
      for (let at = 0; at < each; at++) yield* accept(crypto.randomUUID())
    }),
    { concurrency: "unbounded", discard: true }
  ).pipe(
    Effect.orDie,
    Effect.timed,
    Effect.map(([duration]) => (senders * each * 1_000) / Duration.toMillis(duration))
  )

/** Deliveries that arrive while a transaction runs share the next one, and are answered after its commit. */
const bare = (db: DatabaseSync): Accept => {
  const insert = db.prepare(`INSERT INTO webhooks
    (id, source, delivery_id, body_hash, sender, status, lane, received_at, traceparent, headers, body)
    VALUES (?, 'form', ?, 'hash', 'typeform', 'received', 0, ?, NULL, ?, ?) ON CONFLICT DO NOTHING`)
  let waiting: Array<{ readonly deliveryId: string; readonly done: () => void }> = []
  const commit = () => {
    const batch = waiting
    waiting = []
    db.exec("BEGIN IMMEDIATE")
    for (const { deliveryId } of batch)
      insert.run(`wh_${ulidUnsafe()}`, deliveryId, Date.now(), JSON.stringify(headers), body)
    db.exec("COMMIT")
    for (const { done } of batch) done()
  }
  return (deliveryId) =>
    Effect.callback<void>((resume) => {
      if (waiting.length === 0) setImmediate(commit)
      waiting.push({ deliveryId, done: () => resume(Effect.void) })
    })
}

export const beside = Effect.fnUntraced(function* (folder: string, rounds: number) {
  const bareFile = `${folder}/bare.db`
  yield* Effect.provide(Migrations.migrate, SqliteClient.layer({ filename: bareFile }))
  const db = new DatabaseSync(bareFile)
  yield* Effect.addFinalizer(() => Effect.sync(() => db.close()))
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
  const inbox = yield* Effect.provide(Inbox.Inbox, yield* openSqlite(`${folder}/accept.db`))
  const all: ReadonlyArray<{ readonly name: string; readonly accept: Accept }> = [
    { name: "bare node:sqlite", accept: bare(db) },
    {
      name: "Inbox.accept",
      accept: (deliveryId) =>
        inbox.accept({ source: "form", sender: "typeform", deliveryId, headers, body, traceparent: null })
    }
  ]
  // The first round warms up.
  yield* inTurn(all, 1, ({ accept }) => rate(accept))
  const results = yield* inTurn(all, rounds, ({ accept }) => rate(accept))
  const floor = results.get("bare node:sqlite") ?? []
  yield* Console.log(
    markdown.table({
      head: [`${senders} senders`, "accepts/s", "ratio (target 0.80)"],
      rows: Array.from(results, ([name, rates]) => [name, spread(rates), ratio(rates, floor).toFixed(2)])
    })
  )
})
