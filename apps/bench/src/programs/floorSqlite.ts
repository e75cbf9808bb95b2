/** The floor on `node:sqlite`, with the relay's journal mode and durability. */
import { DatabaseSync } from "node:sqlite"
import { serve } from "./floor.ts"

const db = new DatabaseSync("floor.db")
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
db.exec(`CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, delivery_id TEXT NOT NULL, status TEXT NOT NULL,
  received_at INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (source, delivery_id))`)

const begin = db.prepare("BEGIN IMMEDIATE")
const commit = db.prepare("COMMIT")
const insert = db.prepare(`INSERT INTO webhooks (source, delivery_id, status, received_at, headers, body)
  VALUES ('bench', ?, 'received', ?, ?, ?) ON CONFLICT DO NOTHING`)

serve(async (batch) => {
  begin.run()
  try {
    const now = Date.now()
    const isNew = batch.map(
      ({ deliveryId, headers, body }) => insert.run(deliveryId, now, headers, body).changes > 0
    )
    commit.run()
    return isNew
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
})
