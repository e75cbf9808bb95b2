/**
 * Problem details (RFC 9457) as responses, and the headers of every response to an operator.
 */
import { HttpServerResponse, ProblemDetails } from "effect/http"

/**
 * The default headers: browsers render nothing, caches store nothing. A response may set its own.
 *
 * @category constants
 */
export const headers = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff"
} as const

/**
 * A response with this status, title and detail.
 *
 * @category constructors
 */
export const problem = (
  status: number,
  title: string,
  detail: string
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({ type: ProblemDetails.blankType, status, title, detail }),
    headers
  )

/**
 * Adds the default headers that the response does not set itself.
 *
 * @category combinators
 */
export const withHeaders = (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, { ...headers, ...response.headers })

const titles: Readonly<Record<number, string>> = {
  400: "Bad request",
  404: "Not found",
  408: "Request timeout",
  413: "Too large",
  415: "Unsupported media type"
}

const details: Readonly<Record<number, string>> = {
  400: "The request can't be read.",
  404: "No resource has this path.",
  413: "The body is too large.",
  415: "Send JSON, as application/json."
}

/**
 * Gives an error response that has no problem details a title and a detail by its status.
 *
 * @category combinators
 */
export const asProblem = (response: HttpServerResponse.HttpServerResponse) => {
  const { status } = response
  if (status < 400 || response.headers["content-type"] === ProblemDetails.contentType) return response
  return problem(
    status,
    titles[status] ?? "Not possible",
    details[status] ?? "The request can't be answered."
  )
}
