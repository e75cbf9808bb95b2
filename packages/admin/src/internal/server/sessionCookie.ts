/** The page's cookie: no script reads it, and no other site makes a browser send it. */
import { DateTime, Duration, Effect, Redacted } from "effect"
import { type Cookies, HttpEffect, type HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Access from "../../Access.ts"
import { connectionOf } from "./sameOrigin.ts"

type Request = HttpServerRequest.HttpServerRequest

/** A browser keeps a cookie with the prefix `__Host-` only if it is `Secure` and of this host alone. */
const shapes = {
  https: { name: Access.cookie.key, options: { secure: true, path: "/" } },
  // On one machine each port is a relay of its own, yet they share their cookies.
  loopback: { name: "usher_session", options: { secure: false, path: "/api" } }
} as const

/** Undefined where a cookie could be read on its way. */
const shapeOf = (request: Request, publicUrl: string) => {
  const connection = connectionOf(request, publicUrl)
  return connection === "http" ? undefined : shapes[connection]
}

export const isPossible = (request: Request, publicUrl: string): boolean =>
  shapeOf(request, publicUrl) !== undefined

/** The session's secret; empty if the request has none. Without the prefix a cookie counts only on this machine. */
export const read = (request: Request, prefixed: Redacted.Redacted, publicUrl: string): Redacted.Redacted => {
  if (Redacted.value(prefixed) !== "" || connectionOf(request, publicUrl) !== "loopback") return prefixed
  return Redacted.make(request.cookies[shapes.loopback.name] ?? "")
}

const set = (request: Request, publicUrl: string, value: string, more: Cookies.Cookie["options"]) => {
  const shape = shapeOf(request, publicUrl)
  if (shape === undefined) return Effect.void
  const options = { ...shape.options, httpOnly: true, sameSite: "strict", ...more } as const
  return HttpEffect.appendPreResponseHandler((_, response) =>
    Effect.orDie(HttpServerResponse.setCookie(response, shape.name, value, options))
  )
}

export const give = (
  request: Request,
  publicUrl: string,
  secret: Redacted.Redacted,
  expiresAt: DateTime.Utc
) => set(request, publicUrl, Redacted.value(secret), { expires: DateTime.toDate(expiresAt) })

export const take = (request: Request, publicUrl: string) =>
  set(request, publicUrl, "", { maxAge: Duration.zero })
