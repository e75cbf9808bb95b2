import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { hashing, keyedId } from "../accept/incoming.ts"

/** Delivery ids in which an address stands become keyed hashes, as those of later deliveries do. */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [key] = yield* sql<{ value: string }>`SELECT value FROM settings WHERE name = 'person_key'`
  const hashOf = hashing(key?.value ?? "")
  let last = ""
  for (;;) {
    const found: ReadonlyArray<{ id: string; delivery_id: string }> = yield* sql<{
      id: string
      delivery_id: string
    }>`SELECT id, delivery_id FROM webhooks
      WHERE id > ${last} AND (delivery_id LIKE '%@%' OR delivery_id LIKE '%!%40%' ESCAPE '!') ORDER BY id LIMIT 500`
    if (found.length === 0) return
    last = found.at(-1)?.id ?? ""
    for (const { id, delivery_id } of found) {
      yield* sql`UPDATE webhooks SET delivery_id = ${keyedId(delivery_id, hashOf)} WHERE id = ${id}`
    }
  }
})
