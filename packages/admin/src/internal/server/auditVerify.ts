/** Checks the audit log's chain of hashes from its first entry to its last. */
import { Effect, Schema } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import type * as Audit from "../../Audit.ts"
import * as AuditChain from "../../AuditChain.ts"

type Fault = NonNullable<Audit.Verification["fault"]>

export interface Row extends AuditChain.Entry {
  readonly prev: string
  readonly hash: string
}

type Link = Pick<Row, "number" | "hash">

const batch = 1_000

/** The last deleted entry, from the parameters of a checkpoint. */
const decodeRemoved = Schema.decodeUnknownOption(
  Schema.fromJsonString(Schema.Struct({ upTo: Schema.Int, hash: Schema.String }))
)

const faulty = (number: number, reason: Fault["reason"], detail: string): Fault => ({
  number,
  reason,
  detail
})

/** The fault in an entry that follows another one. Undefined if there is none. */
const faultOf = (row: Row, before: Link): Fault | undefined => {
  const { number } = row
  const next = before.number + 1
  if (number !== next) {
    const last = number - 1
    const which = last === next ? `Entry ${next} is` : `Entries ${next} to ${last} are`
    return faulty(next, "missing", `${which} missing.`)
  }
  if (AuditChain.hash(row, row.prev) !== row.hash) {
    return faulty(number, "edited", `Entry ${number} was edited: it does not match its hash.`)
  }
  if (row.prev !== before.hash) {
    return faulty(number, "unlinked", `Entry ${number} does not follow from the entry before it.`)
  }
  return undefined
}

export const verify = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient
): Effect.fn.Return<Audit.Verification, SqlError.SqlError> {
  let entries = 0
  let first: Link | undefined
  let last: Link = { number: 0, hash: AuditChain.genesis }
  let removed: Link | undefined
  const end = (fault: Fault | null): Audit.Verification => ({
    isIntact: fault === null,
    entries,
    from: first === undefined ? null : first.number + 1,
    head: last.number === 0 ? null : last,
    fault
  })
  for (;;) {
    const rows: ReadonlyArray<Row> =
      yield* sql<Row>`SELECT * FROM audit_log WHERE number > ${last.number} ORDER BY number LIMIT ${batch}`
    for (const row of rows) {
      // If retention deleted entries, a later checkpoint has the hash that the chain starts from.
      if (first === undefined) last = first = { number: row.number - 1, hash: row.prev }
      const fault = faultOf(row, last)
      if (fault !== undefined) return end(fault)
      last = { number: row.number, hash: row.hash }
      entries++
      if (row.kind === "checkpoint") removed = removedBy(row)
    }
    if (rows.length > 0) {
      yield* Effect.yieldNow
      continue
    }
    const [head] = yield* sql<Link>`SELECT number, hash FROM audit_head`
    // Read on if others have appended entries in the meantime.
    const grown = yield* sql`SELECT 1 AS found FROM audit_log WHERE number > ${last.number} LIMIT 1`
    if (grown.length > 0) continue
    return end(startFault(first, removed) ?? endFault(head, last) ?? null)
  }
})

const removedBy = ({ parameters }: Row): Link | undefined => {
  const found = decodeRemoved(parameters)
  return found._tag === "Some" ? { number: found.value.upTo, hash: found.value.hash } : undefined
}

const startFault = (first: Link | undefined, removed: Link | undefined): Fault | undefined => {
  if (first === undefined) return undefined
  const expected = removed ?? { number: 0, hash: AuditChain.genesis }
  if (first.number === expected.number && first.hash === expected.hash) return undefined
  return first.number === 0
    ? faulty(1, "unlinked", "Entry 1 is not the first entry of this log.")
    : faulty(
        expected.number + 1,
        "missing",
        `The log begins with entry ${first.number + 1}, and no checkpoint accounts for what was before it.`
      )
}

const endFault = (head: Link | undefined, last: Link): Fault | undefined => {
  const number = head?.number ?? 0
  if (number > last.number) {
    return faulty(
      last.number + 1,
      "truncated",
      `The log ends with entry ${last.number}, and ${number} were written.`
    )
  }
  if (number < last.number || (head !== undefined && head.hash !== last.hash)) {
    return faulty(last.number, "unlinked", `Entry ${last.number} is not the last one that the relay wrote.`)
  }
  return undefined
}
