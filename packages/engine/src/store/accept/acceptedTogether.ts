/** Inserts webhooks and counts the new ones in one statement, on Postgres. It needs no transaction. */
import { Effect } from "effect"
import type { SqlClient } from "effect/sql"
import { Writer } from "../../runtime/randomBytes.ts"
import { onConflict, spans } from "../rows/counting.ts"
import { retried } from "../rows/transaction.ts"
import { columns } from "../rows/webhookRow.ts"
import type { Incoming } from "./incoming.ts"

/** The most bytes of bodies in one statement, unless a single body is larger. */
const maxBytes = 4 * 2 ** 20

const names = Object.keys(columns)

const given = Object.values(columns).map(([type], at) => `$${at + 1}::${type}[]`)

/** A list of nulls has no type, so an empty text represents null. */
const selected = names.map((name) => (name === "traceparent" ? "NULLIF(traceparent, '')" : name))

/** One list per column, so that the text is the same for any number of rows. */
const statement = `WITH inserted AS (INSERT INTO webhooks (${names.join(", ")})
    SELECT ${selected.join(", ")} FROM unnest(${given.join(", ")}) AS given (${names.join(", ")})
    ON CONFLICT DO NOTHING RETURNING id, source),
  counted AS (INSERT INTO counts (span, at, source, name, writer, count)
    SELECT span, at, source, 'accepted', $${names.length + 1}::text, count(*)
    FROM inserted CROSS JOIN (VALUES ('minute', $${names.length + 2}::bigint), ('hour', $${names.length + 3}::bigint)) AS spans (span, at)
    GROUP BY source, span, at ORDER BY source, span DESC ${onConflict})
  SELECT id FROM inserted`

const parametersOf = (batch: ReadonlyArray<Incoming>, now: number, writer: string) => {
  const lists = Object.values(columns).map(([type, valueOf]) =>
    batch.map((one) => {
      const value = valueOf(one) ?? ""
      // Otherwise a list could mix small and large numbers, which have different types.
      return type === "BIGINT" && typeof value === "number" ? BigInt(value) : value
    })
  )
  return [...lists, writer, ...Object.values(spans).map((millis) => now - (now % millis))]
}

/** Splits into slices whose bodies have at most `maxBytes`. */
const slices = (all: ReadonlyArray<Incoming>): ReadonlyArray<ReadonlyArray<Incoming>> => {
  const found: Array<Array<Incoming>> = []
  let bytes = Infinity
  for (const one of all) {
    bytes += one.webhook.body.byteLength
    if (bytes > maxBytes) {
      found.push([])
      bytes = one.webhook.body.byteLength
    }
    found.at(-1)?.push(one)
  }
  return found
}

/** Stores the new webhooks. Returns their ids. */
export const acceptedTogether = (sql: SqlClient.SqlClient) =>
  Effect.fnUntraced(function* (all: ReadonlyArray<Incoming>, now: number) {
    const stored = new Set<string>()
    const writer = yield* Writer
    for (const slice of slices(all)) {
      const found = yield* retried(sql.unsafe<{ id: string }>(statement, parametersOf(slice, now, writer)))
      for (const { id } of found) stored.add(id)
    }
    return stored
  })
