/**
 * Tokens of programs and people, and the sessions that start with them. The relay stores only hashes of their secrets.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Scope } from "./Access.ts"
import * as Page from "./Page.ts"
import { Conflict, NotFound } from "./Problem.ts"
import * as Selection from "./Selection.ts"

/**
 * A token without its secret.
 *
 * @category schemas
 */
export const Token = Schema.Struct({
  /** Its id. */
  id: Schema.String,
  /** Its name. */
  name: Schema.String,
  /** The scope of the token. */
  scope: Scope,
  /** When it was created. */
  createdAt: Page.Time,
  /** Null: the token never expires. */
  expiresAt: Schema.NullOr(Page.Time),
  /** When the token was last used, to the minute. Null: never. */
  lastUsedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "Token" })

/**
 * What the schema `Token` decodes to.
 *
 * @category models
 */
export interface Token extends Schema.Schema.Type<typeof Token> {}

/**
 * A session of the dashboard.
 *
 * @category schemas
 */
export const Session = Schema.Struct({
  /** The id of the session, not its secret. */
  id: Schema.String,
  /** The id of its token. For a token of the configuration file: `configured:` and the name. */
  token: Schema.String,
  /** When the session started. */
  begunAt: Page.Time,
  /** When the session was last used, to the minute. */
  lastUsedAt: Page.Time,
  /** When the session expires. */
  expiresAt: Page.Time,
  /** The client's IP address at sign-in. */
  ip: Schema.NullOr(Schema.String),
  /** The User-Agent at sign-in, at most 200 characters. */
  userAgent: Schema.NullOr(Schema.String),
  /** Whether this request uses the session. */
  isCurrent: Schema.Boolean
}).annotate({ identifier: "Session" })

/**
 * What the schema `Session` decodes to.
 *
 * @category models
 */
export interface Session extends Schema.Schema.Type<typeof Session> {}

/**
 * The name of a token, as in the audit log.
 *
 * @category schemas
 */
export const Name = Schema.String.check(
  Schema.isPattern(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, {
    expected: "a name of 1 to 64 letters, digits, spaces and . _ -"
  })
)

/**
 * The default lifetime of a token in days.
 *
 * @category constants
 */
export const defaultDays = 90

/**
 * The endpoints of tokens and sessions.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("tokens").add(
  HttpApiEndpoint.get("list", "/tokens", { success: Schema.Array(Token) }).annotate(
    OpenApi.Summary,
    "All created tokens, without secrets and without the tokens of the configuration file"
  ),
  HttpApiEndpoint.post("create", "/tokens", {
    payload: Schema.Struct({
      name: Name,
      scope: Scope,
      /** Default: in 90 days. Null: never. */
      expiresAt: Schema.optionalKey(Schema.NullOr(Page.Time))
    }),
    success: Schema.Struct({
      /** The secret, shown only in this response. */
      secret: Schema.String,
      token: Token
    }),
    error: Conflict
  }).annotate(OpenApi.Summary, "Create a token"),
  HttpApiEndpoint.delete("revoke", "/tokens/:id", {
    params: { id: Schema.String },
    error: NotFound
  }).annotate(OpenApi.Summary, "Revoke a token and end its sessions"),
  HttpApiEndpoint.get("sessions", "/sessions", {
    query: {
      /** Optional. The id of a token, never its secret: proxies log URLs. */
      tokenId: Schema.optionalKey(Selection.Text)
    },
    success: Schema.Array(Session)
  }).annotate(OpenApi.Summary, "Active sessions, newest first, at most 1,000"),
  HttpApiEndpoint.delete("endSession", "/sessions/:id", {
    params: { id: Schema.String },
    error: NotFound
  }).annotate(OpenApi.Summary, "End a session"),
  HttpApiEndpoint.delete("endOtherSessions", "/sessions", {
    success: Schema.Struct({ ended: Schema.Int })
  }).annotate(OpenApi.Summary, "End all sessions except that of this request"),
  HttpApiEndpoint.delete("endSessions", "/tokens/:id/sessions", {
    params: { id: Schema.String },
    success: Schema.Struct({ ended: Schema.Int })
  }).annotate(OpenApi.Summary, "End all sessions of a token")
)
