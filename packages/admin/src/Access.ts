/**
 * Who may do what: a bearer token, or the cookie that the page was given for one.
 */
import { Context, type Effect, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { Forbidden, TooMany, Unauthorized, Unavailable, UnsupportedMediaType } from "./Problem.ts"

/**
 * `read` sees everything, also addresses; `operate` changes things as well.
 *
 * @category schemas
 */
export const Scope = Schema.Literals(["read", "operate"])

/**
 * What the schema `Scope` decodes to.
 *
 * @category models
 */
export type Scope = typeof Scope.Type

/**
 * What an endpoint asks for. Without this annotation: `read` for GET, `operate` for anything else.
 *
 * @category annotations
 */
export class Requires extends Context.Service<Requires, Scope>()("@usher/admin/Requires") {}

/**
 * How a caller signed in: with a bearer token, with the page's session, or as somebody who holds the database and uses the
 * command line.
 *
 * @category schemas
 */
export const Via = Schema.Literals(["token", "session", "cli"])

/**
 * What the schema `Via` decodes to.
 *
 * @category models
 */
export type Via = typeof Via.Type

/**
 * Who makes a request.
 *
 * @category services
 */
export class Caller extends Context.Service<
  Caller,
  {
    /** The token's name, as in the audit log. */
    readonly name: string
    /** What the caller may do. */
    readonly scope: Scope
    /** How the caller signed in. */
    readonly via: Via
    /** The id of the token or the session. */
    readonly id: string
    /** The client's IP address; null on the command line. */
    readonly ip: string | null
    /** Whether the caller would still be let in. An answer that goes on for long asks again. */
    readonly isStillAllowed: Effect.Effect<boolean>
  }
>()("@usher/admin/Caller") {}

/**
 * The page's cookie. A relay at `http://127.0.0.1` or `http://localhost` names it `usher_session`, because browsers keep a
 * cookie with this prefix only where it comes over https.
 *
 * @category constants
 */
export const cookie = HttpApiSecurity.apiKey({ in: "cookie", key: "__Host-usher_session" })

/**
 * A request other than GET that carries the cookie must carry this header, with any value: another site can't set it.
 *
 * @category constants
 */
export const csrfHeader = "x-usher-request"

/**
 * Lets a caller in by bearer token or cookie, and provides who it is.
 *
 * @effect-expect-leaking HttpServerRequest | ParsedSearchParams | RouteContext
 * @category middleware
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: Caller }>()(
  "@usher/admin/Authorization",
  {
    security: { bearer: HttpApiSecurity.bearer, cookie },
    error: [Unauthorized, Forbidden, TooMany, UnsupportedMediaType, Unavailable]
  }
) {}

/**
 * Refuses what another site could have made a browser send: a foreign `Origin`, a cross-site `Sec-Fetch-Site`, a body that
 * is not declared as JSON.
 *
 * @category middleware
 */
export class SameOrigin extends HttpApiMiddleware.Service<SameOrigin>()("@usher/admin/SameOrigin", {
  error: [Forbidden, UnsupportedMediaType]
}) {}
