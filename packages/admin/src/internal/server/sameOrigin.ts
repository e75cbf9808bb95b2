/**
 * Tells the page's own requests from those that another site makes a browser send, and whether its connection keeps a
 * cookie from being read on the way.
 */
import type { HttpServerRequest } from "effect/http"
import { isLoopback, nameOf } from "../../Hosts.ts"

type Request = Pick<HttpServerRequest.HttpServerRequest, "headers" | "protocol">

/** The address with scheme and port as a browser writes an `Origin`; undefined for what is no web address. */
const originOf = (url: string): URL | undefined => {
  if (!URL.canParse(url)) return undefined
  const parsed = new URL(url)
  return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed : undefined
}

/** Browsers send `Origin` with every request that changes something, and programs send none. */
const isForeign = (origin: string, request: Request, publicUrl: string): boolean => {
  const from = originOf(origin)
  if (from === undefined) return true
  if (from.origin === originOf(publicUrl)?.origin) return false
  // With the same scheme, so that a port that goes without saying is the same in both.
  return from.host !== originOf(`${from.protocol}//${request.headers["host"] ?? ""}`)?.host
}

/** Whether another site may have caused the request. */
export const isCrossSite = (request: Request, publicUrl: string): boolean => {
  const site = request.headers["sec-fetch-site"]
  if (site !== undefined && site !== "same-origin" && site !== "none") return true
  const origin = request.headers["origin"]
  return origin !== undefined && isForeign(origin, request, publicUrl)
}

/** A form of another site can send everything but this type. */
export const isJson = ({ headers }: Request): boolean =>
  /^application\/json[\t ]*(?:;|$)/i.test(headers["content-type"] ?? "")

export const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? "0") > 0

const isLocalHost = (host: string | undefined): boolean => isLoopback(nameOf(host ?? "") ?? "")

/**
 * How the page is reached: over https, over http on this machine, or over http from elsewhere, which keeps no secret. A
 * browser says it in `Origin`, a trusted proxy in `X-Forwarded-Proto`; else the public URL counts.
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
