/** Deletes the oldest entries of the audit log, and appends a checkpoint to the chain that accounts for them. */
import { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type * as AuditChain from "../../AuditChain.ts"
import type { Row } from "./auditVerify.ts"

export interface Options {
  readonly sql: SqlClient.SqlClient
  /** Appends to the chain within a transaction. */
  readonly append: (entry: Omit<AuditChain.Entry, "number">) => Effect.Effect<unknown, SqlError.SqlError>
  /** The id of the checkpoint. */
  readonly id: string
  readonly now: number
  /** Entries before this time are deleted. In milliseconds. */
  readonly before: number
}

/** Deletes the longest run of first entries that are all older, and returns how many. */
export const trim = ({ sql, append, id, now, before }: Options) =>
  Effect.gen(function* () {
    // Locks the row that all writers need.
    const [head] = yield* sql<{ number: number }>`UPDATE audit_head SET number = number RETURNING number`
    if (head === undefined) return 0
    const [kept] = yield* sql<Row>`SELECT * FROM audit_log WHERE at >= ${before} ORDER BY number LIMIT 1`
    const upTo = kept === undefined ? head.number : kept.number - 1
    const [last] = yield* sql<Row>`SELECT * FROM audit_log WHERE number = ${upTo}`
    if (last === undefined) return 0
    yield* append({
      id,
      act: id,
      kind: "checkpoint",
      at: now,
      who: "retention",
      via: "config",
      ip: null,
      what: "audit.trim",
      parameters: JSON.stringify({ upTo, hash: last.hash }),
      result: "done"
    })
    const removed = yield* sql`DELETE FROM audit_log WHERE number <= ${upTo} RETURNING number`
    return removed.length
  }).pipe(sql.withTransaction)
