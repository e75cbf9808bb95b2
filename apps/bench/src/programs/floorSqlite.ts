/** The floor on `node:sqlite`, with the relay's journal and its wait for the disk. */
import { DatabaseSync } from "node:sqlite"
import { grouped, serve } from "./floor.ts"

const db = new DatabaseSync("floor.db")
db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
db.exec(`CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY, source TEXT NOT NULL, delivery_id TEXT NOT NULL, status TEXT NOT NULL,
  received_at INTEGER NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (source, delivery_id))`)
const insert = db.prepare(`INSERT INTO webhooks (source, delivery_id, status, received_at, headers, body)
  VALUES ('bench', ?, 'received', ?, ?, ?) ON CONFLICT DO NOTHING`)

serve(
  grouped(async (batch) => {
    db.exec("BEGIN IMMEDIATE")
    try {
      for (const { deliveryId, headers, body } of batch) {
        insert.run(deliveryId, Date.now(), JSON.stringify(headers), body)
      }
      db.exec("COMMIT")
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK")
      throw error
    }
  })
)
