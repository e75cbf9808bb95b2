/**
 * Distinguishes requests of the dashboard from those that another site makes a browser send, and connections on which a
 * cookie is safe.
 */
import type { HttpServerRequest } from "effect/http"
import { isLoopback, nameOf } from "../../Hosts.ts"

type Request = Pick<HttpServerRequest.HttpServerRequest, "headers" | "protocol">

/** Parses a URL. Undefined if it is not an http(s) URL. */
const originOf = (url: string): URL | undefined => {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed : undefined
}

/** Whether an `Origin` is of another site. Browsers send it with every change, programs send none. */
const isForeign = (origin: string, request: Request, publicUrl: string): boolean => {
  const from = originOf(origin)
  if (from === undefined) return true
  if (from.origin === originOf(publicUrl)?.origin) return false
  // Parsed with the same scheme, so that the default port is the same in both.
  return from.host !== originOf(`${from.protocol}//${request.headers["host"] ?? ""}`)?.host
}

/** Whether another site may have caused the request. */
export const isCrossSite = (request: Request, publicUrl: string): boolean => {
  const site = request.headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return true
  const origin = request.headers["origin"]
  return origin !== undefined && isForeign(origin, request, publicUrl)
}

/** A form of another site can send any media type except this one. */
export const isJson = ({ headers }: Request): boolean =>
  /^application\/json[\t ]*(?:;|$)/i.test(headers["content-type"] ?? "")

export const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? "0") > 0

const isLocalHost = (host: string | undefined): boolean => isLoopback(nameOf(host ?? "") ?? "")

/**
 * The connection of a request: https, http on this machine, or http over a network, which is not safe. `Origin` decides,
 * then `X-Forwarded-Proto` of a trusted proxy, then the public URL.
 */
export const connectionOf = (request: Request, publicUrl: string): "https" | "loopback" | "http" => {
  const { origin, host } = request.headers
  const from = origin === undefined || isForeign(origin, request, publicUrl) ? undefined : originOf(origin)
  const isLocal = isLocalHost(from?.host ?? host)
  if (from !== undefined) return from.protocol === "https:" ? "https" : isLocal ? "loopback" : "http"
  if (request.protocol === "https") return "https"
  if (isLocal) return "loopback"
  return publicUrl.startsWith("https:") ? "https" : "http"
}
