/** The session cookie: scripts can't read it, and other sites can't make a browser send it. */
import { DateTime, Duration, Effect, Redacted } from "effect"
import { type Cookies, HttpEffect, type HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Access from "../../Access.ts"
import { connectionOf } from "./sameOrigin.ts"

type Request = HttpServerRequest.HttpServerRequest

/** Browsers accept the prefix `__Host-` only on a `Secure` cookie of exactly this host. */
const shapes = {
  https: { name: Access.cookie.key, options: { secure: true, path: "/" } },
  // Relays on different ports of one machine share their cookies.
  loopback: { name: "usher_session", options: { secure: false, path: "/api" } }
} as const

/** Undefined on a connection that is not safe. */
const shapeOf = (request: Request, publicUrl: string) => {
  const connection = connectionOf(request, publicUrl)
  return connection === "http" ? undefined : shapes[connection]
}

export const isPossible = (request: Request, publicUrl: string): boolean =>
  shapeOf(request, publicUrl) !== undefined

/** The secret of the session, or an empty text. A cookie without the prefix is valid only on this machine. */
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
