/** Searches compressed bodies, which SQL can't search, by decompressing them. */
import { Effect, Option, Result } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { Body } from "@usher/signatures"
import * as StoredBody from "../../source/StoredBody.ts"
import { headersOf } from "./rows.ts"

/** The ids of the webhooks in this range whose compressed bodies contain the text, ignoring case. */
export const naming = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  where: Statement.Fragment,
  text: string
) {
  const found = yield* sql<{ id: string; headers: string; body: Uint8Array }>`SELECT id, headers, body
    FROM webhooks WHERE headers LIKE '%"content-encoding"%' AND ${where}`
  const wanted = text.toLowerCase()
  const matches = yield* Effect.forEach(
    found,
    ({ id, body, ...row }) => {
      const headers = headersOf(row.headers)
      return Effect.map(Effect.option(StoredBody.decompressed({ headers, body })), (opened) =>
        Option.exists(opened, (bytes) => textOf(headers, bytes).toLowerCase().includes(wanted)) ? [id] : []
      )
    },
    { concurrency: 4 }
  )
  return matches.flat()
})

/** A body that is not in its declared charset may still contain an address. */
const textOf = (headers: Body.Headers, bytes: Uint8Array): string =>
  Result.getOrElse(Body.text(headers, bytes), () => Buffer.from(bytes).toString("latin1"))
