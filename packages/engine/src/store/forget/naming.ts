/** All texts of a stored delivery that may name a person. */
import { Effect } from "effect"
import { allHeaders, type WithBody as QuarantinedRow } from "../quarantine/rows.ts"
import { headersOf } from "../rows/rows.ts"
import { type BodyTexts, textsOfBody, textsOfTarget } from "./texts.ts"

/** The columns of a webhook in which a person may be named. */
export interface WebhookTexts {
  readonly headers: string
  readonly reason: string | null
  readonly delivery_id: string
  readonly body: Uint8Array
}

export const textsOfWebhook = (row: WebhookTexts): Effect.Effect<BodyTexts> =>
  Effect.map(textsOfBody(headersOf(row.headers), row.body), ({ texts, isUnreadable }) => ({
    texts: [row.headers, row.reason ?? "", row.delivery_id, ...texts],
    isUnreadable
  }))

/** The columns of a delivery in quarantine in which a person may be named. */
export type RefusedTexts = Pick<
  QuarantinedRow,
  "target" | "message" | "headers" | "first_target" | "first_headers" | "body"
>

/** The texts of the first and the last request. */
export const textsOfRefused = Effect.fnUntraced(function* (row: RefusedTexts) {
  const requests = [row.headers, row.first_headers ?? row.headers]
  const bodies = yield* Effect.forEach(new Set(requests), (headers) =>
    textsOfBody(allHeaders(headers), row.body)
  )
  const texts: BodyTexts = {
    texts: [
      ...[row.target, row.first_target ?? row.target].flatMap(textsOfTarget),
      row.message,
      ...requests,
      ...bodies.flatMap(({ texts }) => texts)
    ],
    isUnreadable: bodies.some(({ isUnreadable }) => isUnreadable)
  }
  return texts
})
