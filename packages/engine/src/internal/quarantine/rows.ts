/** How the quarantine's rows are written and read. */
import { DateTime, Option, Schema } from "effect"
import type { Delivery, VerificationFailed } from "@usher/signatures"
import { createHash } from "node:crypto"
import type { Quarantined, Refused } from "../../Quarantine.ts"
import type { Identity } from "../../Source.ts"
import type { All } from "../../Sources.ts"
import * as headers from "../headers.ts"
import { text } from "../inbox/store.ts"

/** All but the body. */
export const columns =
  "id, source, sender, first_at, last_at, times, size, reason, message, method, target, headers"

export interface Row {
  readonly id: string
  readonly source: string
  readonly sender: string
  readonly first_at: number | bigint
  readonly last_at: number | bigint
  readonly times: number | bigint
  readonly size: number | bigint
  readonly reason: VerificationFailed.Reason
  readonly message: string
  readonly method: string
  readonly target: string
  readonly headers: string
}

export interface WithBody extends Row {
  readonly body: Uint8Array
}

export const of = (
  id: string,
  { source, delivery, target, failed }: Refused,
  configured: All,
  now: number
) => ({
  id,
  source: source.name,
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

/** One delivery that is sent again, and signed anew, is the same. */
const digest = ({ content, deliveryId }: Identity) =>
  createHash("sha256")
    .update(deliveryId ?? "")
    .update("\n")
    .update(content)
    .digest("base64url")

const sendersOf = (configured: All) => Array.from(configured.values(), ({ sender }) => sender)

const Flat = Schema.Record(Schema.String, Schema.String)
const Stored = Schema.Union([Schema.Struct({ shown: Flat, masked: Flat }), Flat])
const decodeHeaders = Schema.decodeUnknownOption(Schema.fromJsonString(Stored))

/** Every header in the column. */
export const allHeaders = (column: string): Readonly<Record<string, string>> => {
  const { shown, masked } = verifiableIn(column)
  return { ...shown, ...masked }
}

const headersOf = (row: Row): headers.Verifiable => verifiableIn(row.headers)

/** Earlier versions stored one record, and left out what does not verify. */
const verifiableIn = (column: string): headers.Verifiable => {
  const stored = Option.getOrElse(decodeHeaders(column), () => ({}))
  return isApart(stored) ? stored : { shown: stored, masked: {} }
}

const isApart = (stored: typeof Stored.Type): stored is headers.Verifiable =>
  typeof stored["shown"] === "object"

/** What people get to see. */
export const shown = (row: Row, configured: All): Quarantined => ({
  id: row.id,
  source: row.source,
  sender: row.sender,
  firstAt: DateTime.makeUnsafe(Number(row.first_at)),
  lastAt: DateTime.makeUnsafe(Number(row.last_at)),
  times: Number(row.times),
  reason: row.reason,
  message: row.message,
  method: row.method,
  path: row.target.split("?", 1)[0] ?? "",
  headers: configured.has(row.source)
    ? headers.masked(headersOf(row), sendersOf(configured))
    : headers.maskedUnknown(headersOf(row)),
  size: Number(row.size)
})

export const delivery = (row: WithBody, publicUrl: string): Delivery.Delivery => {
  const { shown, masked } = headersOf(row)
  return { method: row.method, url: publicUrl + row.target, headers: { ...shown, ...masked }, body: row.body }
}
