/**
 * Tokens: what a program or a person signs in with. Only a hash is kept.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization, Scope } from "./Access.ts"
import * as Page from "./Page.ts"
import { Conflict, NotFound, Unavailable } from "./Problem.ts"

/**
 * @category schemas
 * @since 0.1.0
 */
export const Token = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  scope: Scope,
  createdAt: Page.Time,
  expiresAt: Schema.NullOr(Page.Time),
  /** To the minute. */
  lastUsedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "Token" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Token extends Schema.Schema.Type<typeof Token> {}

/**
 * Stands in the audit log.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Name = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, {
    expected: "a name of 1 to 64 letters, digits, spaces and . _ -"
  })
)

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("tokens")
  .add(
    HttpApiEndpoint.get("list", "/tokens", { success: Schema.Array(Token), error: Unavailable }).annotate(
      OpenApi.Summary,
      "Tokens, without themselves; those of the configuration are not among them"
    ),
    HttpApiEndpoint.post("create", "/tokens", {
      payload: Schema.Struct({
        name: Name,
        scope: Scope,
        /** Default: it does not expire. */
        expiresAt: Schema.optionalKey(Page.Time)
      }),
      success: Schema.Struct({
        /** Shown this once. */
        secret: Schema.String,
        token: Token
      }),
      error: [Conflict, Unavailable]
    }).annotate(OpenApi.Summary, "Make a token"),
    HttpApiEndpoint.delete("revoke", "/tokens/:id", {
      params: { id: Schema.String },
      error: [NotFound, Unavailable]
    }).annotate(OpenApi.Summary, "Revoke a token, and the sessions that were begun with it")
  )
  .middleware(Authorization)
