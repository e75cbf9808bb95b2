/** Accepts at 64 connections as `usher serve` does it, and the same writes on bare `node:sqlite` with the same group commit. */
import { Console, Context, Duration, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqliteClient } from "@usher/sqlite"
import { DatabaseSync } from "node:sqlite"
import { ulidUnsafe } from "effect/crypto/SecureRandom"
import { Events, Inbox, InboxSql, Migrations, Signals, StoreSql } from "../src/index.ts"
import { median } from "./measure.ts"

const connections = 64
const each = 150

const headers = {
  "content-type": "application/json",
  "user-agent": "a sender",
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek"
}
const body = new Uint8Array(600).fill(97)

/** Accepts by so many senders, each of whom waits for its answer; in accepts for each second. */
const rate = <E>(round: number, accept: (deliveryId: string) => Effect.Effect<unknown, E>) =>
  Effect.map(
    Effect.timed(
      Effect.forEach(
        Array.from({ length: connections }),
        Effect.fnUntraced(function* (_, sender) {
          for (let at = 0; at < each; at++) yield* accept(`${round}-${sender}-${at}`)
        }),
        { concurrency: "unbounded", discard: true }
      )
    ),
    ([duration]) => (connections * each * 1_000) / Duration.toMillis(duration)
  )

/** Whoever comes while a transaction runs is in the next one; its answer comes after the commit. */
const bare = (db: DatabaseSync) => {
  const insert = db.prepare(`INSERT INTO webhooks
    (id, source, delivery_id, sender, status, lane, received_at, traceparent, headers, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source, delivery_id) DO NOTHING`)
  let waiting: Array<{ readonly deliveryId: string; readonly done: (id: string) => void }> = []
  const commit = () => {
    const batch = waiting
    waiting = []
    db.exec("BEGIN IMMEDIATE")
    const ids = batch.map(({ deliveryId }) => {
      const id = `wh_${ulidUnsafe()}`
      insert.run(
        id,
        "form",
        deliveryId,
        "typeform",
        "received",
        0,
        Date.now(),
        null,
        JSON.stringify(headers),
        body
      )
      return id
    })
    db.exec("COMMIT")
    for (const [index, { done }] of batch.entries()) done(ids[index] ?? "")
  }
  return (deliveryId: string) =>
    Effect.callback<string>((resume) => {
      if (waiting.length === 0) setImmediate(commit)
      waiting.push({ deliveryId, done: (id) => resume(Effect.succeed(id)) })
    })
}

/** Both in turn, so that both meet the same machine. */
export const beside = Effect.fnUntraced(function* (folder: string, rounds: number) {
  const services = yield* Layer.build(
    InboxSql.layer.pipe(
      Layer.provide(StoreSql.layer),
      Layer.provide([
        SecureRandom.layerWebCrypto,
        Signals.layerLocal,
        Events.layerNone,
        SqliteClient.layer({ filename: `${folder}/inbox.db`, checkpoints: "thread" })
      ])
    )
  )
  const bareFile = `${folder}/bare.db`
  yield* Effect.provide(Migrations.migrate, SqliteClient.layer({ filename: bareFile }))
  const db = new DatabaseSync(bareFile)
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
  const bareAccept = bare(db)
  const inbox = Context.get(services, Inbox.Inbox)
  const inboxAccept = (deliveryId: string) =>
    inbox.accept({ source: "form", sender: "typeform", deliveryId, headers, body, traceparent: null })
  const results: Array<{ readonly accepts: number; readonly floor: number }> = []
  for (let round = 0; round < rounds + 1; round++) {
    const floor = yield* rate(round, bareAccept)
    const accepts = yield* rate(round, inboxAccept)
    // The first one warms up.
    if (round > 0) results.push({ accepts, floor })
  }
  db.close()
  const accepts = median(results.map(({ accepts }) => accepts))
  const floor = median(results.map(({ floor }) => floor))
  const ratio = median(results.map(({ accepts, floor }) => accepts / floor))
  yield* Console.log(
    `${connections} senders: ${Math.round(accepts)} accepts/s, bare ${Math.round(floor)}/s, ratio ${ratio.toFixed(2)} (target 0.80)`
  )
})
