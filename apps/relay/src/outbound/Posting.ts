/** Requests that post a signed delivery, as its sender would. */
import { HttpClientRequest } from "effect/http"
import type { Delivery } from "@usher/signatures"

/** Keeps the query of the scheme, such as a token or a hash. */
export const request = (posted: string, delivery: Delivery.Delivery): HttpClientRequest.HttpClientRequest => {
  const url = new URL(posted)
  if (delivery.url !== undefined) url.search = new URL(delivery.url).search
  const { "content-type": contentType, ...headers } = delivery.headers
  // As text: the client would re-encode the query of a URL object, and it may be signed.
  return HttpClientRequest.post(url.href).pipe(
    HttpClientRequest.setHeaders(headers),
    HttpClientRequest.bodyUint8Array(delivery.body, contentType)
  )
}
