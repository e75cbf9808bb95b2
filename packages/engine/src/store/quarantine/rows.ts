/** Reads and writes rows of the quarantine. */
import { DateTime, Option, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Delivery, VerificationFailed } from "@usher/signatures"
import { createHash } from "node:crypto"
import type { Quarantined } from "@usher/model/Quarantined"
import type { Senders } from "../../ports/Lookup.ts"
import type { Refused } from "../../receive/Quarantine.ts"
import * as headers from "../../source/headers.ts"
import type { Identity } from "../../source/Source.ts"
import { locking } from "../rows/locks.ts"
import { text } from "../rows/store.ts"

/** A refused delivery without its body. */
export interface Row {
  readonly id: string
  readonly source: string
  readonly sender: string
  readonly first_at: number
  readonly last_at: number
  readonly times: number
  readonly size: number
  readonly reason: VerificationFailed.Reason
  readonly message: string
  readonly method: string
  readonly target: string
  readonly headers: string
}

/** The columns of `Row`. */
export const columns =
  "id, source, sender, first_at, last_at, times, size, reason, message, method, target, headers"

/** A refused delivery with everything needed to verify it again. */
export interface WithBody extends Row {
  readonly digest: string
  /** Of the first request; null if the delivery came once. */
  readonly first_method: string | null
  readonly first_target: string | null
  readonly first_headers: string | null
  readonly body: Uint8Array
}

export const of = (
  id: string,
  { source, delivery, target, failed }: Refused,
  client: string,
  configured: Senders,
  now: number
) => ({
  id,
  source: source.name,
  client,
  digest: digest(source.identify(delivery)),
  sender: source.sender.name,
  first_at: now,
  last_at: now,
  times: 1,
  size: delivery.body.length,
  reason: failed.reason,
  message: text(failed.message),
  method: delivery.method,
  target: text(target),
  headers: text(
    JSON.stringify(headers.verifiable(delivery.headers, [source.sender, ...sendersOf(configured)]))
  ),
  body: delivery.body
})

/** Identifies a delivery across retries, even if each is signed anew. */
const digest = ({ content, deliveryId }: Identity) =>
  createHash("sha256")
    .update(deliveryId ?? "")
    .update("\n")
    .update(content)
    .digest("base64url")

const sendersOf = (configured: Senders) => Array.from(configured.values(), ({ sender }) => sender)

const Flat = Schema.Record(Schema.String, Schema.String)
const Stored = Schema.Union([Schema.Struct({ shown: Flat, masked: Flat }), Flat])
const decodeHeaders = Schema.decodeUnknownOption(Schema.fromJsonString(Stored))

/** Every header in the column. */
export const allHeaders = (column: string): Readonly<Record<string, string>> => {
  const { shown, masked } = verifiableIn(column)
  return { ...shown, ...masked }
}

/** A request that carried the delivery, and its time. */
export interface Request {
  readonly delivery: Delivery.Delivery
  readonly at: DateTime.Utc
}

/** Earlier versions stored a single record, without headers that do not verify. */
const verifiableIn = (column: string): headers.Verifiable => {
  const stored = Option.getOrElse(decodeHeaders(column), () => ({}))
  return isApart(stored) ? stored : { shown: stored, masked: {} }
}

const isApart = (stored: typeof Stored.Type): stored is headers.Verifiable =>
  typeof stored["shown"] === "object"

/** The delivery as operators see it. */
export const shown = (row: Row, configured: Senders): Quarantined => ({
  id: row.id,
  source: row.source,
  sender: row.sender,
  firstAt: DateTime.makeUnsafe(row.first_at),
  lastAt: DateTime.makeUnsafe(row.last_at),
  times: row.times,
  reason: row.reason,
  message: row.message,
  method: row.method,
  path: row.target.split("?", 1)[0] ?? "",
  headers: configured.has(row.source)
    ? headers.masked(verifiableIn(row.headers), sendersOf(configured))
    : headers.maskedUnknown(verifiableIn(row.headers)),
  size: row.size
})

/** The last request, and the first one if it was another. */
export const requests = (row: WithBody, publicUrl: string): readonly [Request, ...ReadonlyArray<Request>] => {
  const of = (method: string, target: string, headers: string, at: number): Request => ({
    delivery: { method, url: publicUrl + target, headers: allHeaders(headers), body: row.body },
    at: DateTime.makeUnsafe(at)
  })
  const { first_method: method, first_target: target, first_headers: headers } = row
  const last = of(row.method, row.target, row.headers, row.last_at)
  return method === null || target === null || headers === null
    ? [last]
    : [last, of(method, target, headers, row.first_at)]
}

/** Deletes the rows that match. */
export const deleting = (sql: SqlClient.SqlClient) => {
  const { toDelete } = locking(sql)
  return (where: Statement.Fragment) =>
    sql<Pick<Row, "id" | "source">>`WITH locked AS MATERIALIZED
        (SELECT id FROM quarantined WHERE ${where} ORDER BY id ${toDelete})
      DELETE FROM quarantined WHERE id IN (SELECT id FROM locked) RETURNING id, source`
}
