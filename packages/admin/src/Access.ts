/**
 * Who may do what: a bearer token, or the cookie that the page was given for one.
 */
import { Context, Schema } from "effect"
import { HttpApiMiddleware, HttpApiSecurity } from "effect/http-api"
import { Forbidden, TooMany, Unauthorized, Unavailable } from "./Problem.ts"

/**
 * `read` sees everything, also addresses; `operate` changes things as well.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Scope = Schema.Literals(["read", "operate"])

/**
 * @category models
 * @since 0.1.0
 */
export type Scope = typeof Scope.Type

/**
 * What an endpoint asks for. Without this annotation: `read` for GET, `operate` for anything else.
 *
 * @category annotations
 * @since 0.1.0
 */
export class Requires extends Context.Service<Requires, Scope>()("@usher/admin/Requires") {}

/**
 * Who asks.
 *
 * @category services
 * @since 0.1.0
 */
export class Caller extends Context.Service<
  Caller,
  {
    /** The token's: stands in the audit log. */
    readonly name: string
    readonly scope: Scope
    readonly via: "token" | "session"
    /** Of the token or the session. */
    readonly id: string
  }
>()("@usher/admin/Caller") {}

/**
 * The page's cookie.
 *
 * @category constants
 * @since 0.1.0
 */
export const cookie = HttpApiSecurity.apiKey({ in: "cookie", key: "usher_session" })

/**
 * A request other than GET that comes with the cookie has to carry this header, whatever it says: another site can't
 * set it.
 *
 * @category constants
 * @since 0.1.0
 */
export const csrfHeader = "x-usher-request"

/**
 * @effect-expect-leaking HttpServerRequest | ParsedSearchParams | RouteContext
 * @category middleware
 * @since 0.1.0
 */
export class Authorization extends HttpApiMiddleware.Service<Authorization, { provides: Caller }>()(
  "@usher/admin/Authorization",
  {
    security: { bearer: HttpApiSecurity.bearer, cookie },
    error: [Unauthorized, Forbidden, TooMany, Unavailable]
  }
) {}
