/** A signed delivery on its way: as its sender would post it. */
import { HttpClientRequest } from "effect/http"
import type { Delivery } from "@usher/signatures"

/** What the scheme puts into the query (a token, a hash) goes along. */
export const request = (posted: string, delivery: Delivery.Delivery): HttpClientRequest.HttpClientRequest => {
  const url = new URL(posted)
  if (delivery.url !== undefined) url.search = new URL(delivery.url).search
  const { "content-type": contentType, ...headers } = delivery.headers
  // As text: from a URL the client would print the query again, and it may be signed.
  return HttpClientRequest.post(url.href).pipe(
    HttpClientRequest.setHeaders(headers),
    HttpClientRequest.bodyUint8Array(delivery.body, contentType)
  )
}
