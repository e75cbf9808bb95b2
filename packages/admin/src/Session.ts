/**
 * Sessions of the dashboard: a token is exchanged for a cookie that scripts can't read.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization, Requires, SameOrigin, Scope, Via } from "./Access.ts"
import { Exact } from "./Exact.ts"
import * as Page from "./Page.ts"
import { Forbidden, TooMany, Unauthorized, Unavailable } from "./Problem.ts"

/**
 * The signed-in caller.
 *
 * @category schemas
 */
export const Who = Schema.Struct({
  /** The name of the token. */
  name: Schema.String,
  /** The scope of the token. */
  scope: Scope,
  /** How the caller signed in. */
  via: Via
}).annotate({ identifier: "Who" })

/**
 * What the schema `Who` decodes to.
 *
 * @category models
 */
export interface Who extends Schema.Schema.Type<typeof Who> {}

const signIn = HttpApiEndpoint.post("signIn", "/session", {
  payload: Schema.Struct({ token: Schema.String.check(Schema.isMaxLength(500)) }),
  success: Schema.Struct({ ...Who.fields, expiresAt: Page.Time }),
  error: [Unauthorized, Forbidden, TooMany, Unavailable]
})
  .middleware(Exact)
  .middleware(SameOrigin)
  .annotate(OpenApi.Summary, "Exchange a token for the session cookie")

/**
 * The endpoints of the dashboard's session.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("session").add(
  signIn,
  HttpApiEndpoint.get("whoami", "/session", { success: Who })
    .annotate(OpenApi.Summary, "The caller")
    .middleware(Exact)
    .middleware(Authorization),
  HttpApiEndpoint.delete("signOut", "/session", { error: Unavailable })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "End the session")
    .middleware(Exact)
    .middleware(Authorization)
)
