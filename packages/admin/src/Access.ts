/**
 * Access to the API: by bearer token, or by the session cookie of the dashboard.
 */
import { Context, type Effect, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { Forbidden, TooMany, Unauthorized, Unavailable, UnsupportedMediaType } from "./Problem.ts"

/**
 * `read` allows reading everything, including addresses. `operate` also allows changes.
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
 * The scope that an endpoint requires. Default: `read` for GET, `operate` for all other methods.
 *
 * @category annotations
 */
export class Requires extends Context.Service<Requires, Scope>()("@usher/admin/Requires") {}

/**
 * How a caller signed in: with a bearer token, with the dashboard's session, or on the command line with direct access to
 * the database.
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
 * The caller of a request.
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
    /** Whether the caller still has access. Long-running responses check it again. */
    readonly isStillAllowed: Effect.Effect<boolean>
  }
>()("@usher/admin/Caller") {}

/**
 * The dashboard's session cookie. A relay at `http://127.0.0.1` or `http://localhost` names it `usher_session`, because
 * browsers accept a cookie with the prefix `__Host-` only over https.
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
 * Authenticates the caller by bearer token or cookie, and provides it as `Caller`.
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
 * Refuses requests that another site could make a browser send: with a foreign `Origin`, a cross-site `Sec-Fetch-Site`, or
 * a body that is not declared as JSON.
 *
 * @category middleware
 */
export class SameOrigin extends HttpApiMiddleware.Service<SameOrigin>()("@usher/admin/SameOrigin", {
  error: [Forbidden, UnsupportedMediaType]
}) {}
