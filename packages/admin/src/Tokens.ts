/**
 * Tokens, with which programs and people sign in, and the sessions begun with them. The relay keeps hashes of their
 * secrets only.
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
  /** What its holder may do. */
  scope: Scope,
  /** When it was created. */
  createdAt: Page.Time,
  /** Null: never. */
  expiresAt: Schema.NullOr(Page.Time),
  /** To the minute. */
  lastUsedAt: Schema.NullOr(Page.Time)
}).annotate({ identifier: "Token" })

/**
 * What the schema `Token` decodes to.
 *
 * @category models
 */
export interface Token extends Schema.Schema.Type<typeof Token> {}

/**
 * A page that is signed in.
 *
 * @category schemas
 */
export const Session = Schema.Struct({
  /** The id of the session, which is not its secret. */
  id: Schema.String,
  /** The id of the token it was begun with; `configured:` and the name for a token of the configuration file. */
  token: Schema.String,
  /** When it began. */
  begunAt: Page.Time,
  /** To the minute. */
  lastUsedAt: Page.Time,
  /** When it ends by itself. */
  expiresAt: Page.Time,
  /** The client's IP address at sign-in. */
  ip: Schema.NullOr(Schema.String),
  /** As the browser called itself at sign-in, at most 200 characters. */
  userAgent: Schema.NullOr(Schema.String),
  /** Whether it is the session of this request. */
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
 * How many days a created token is valid unless the request says otherwise.
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
    "Created tokens, without their secrets and without those of the configuration file"
  ),
  HttpApiEndpoint.post("create", "/tokens", {
    payload: Schema.Struct({
      name: Name,
      scope: Scope,
      /** Default: in 90 days. Null: never. */
      expiresAt: Schema.optionalKey(Schema.NullOr(Page.Time))
    }),
    success: Schema.Struct({
      /** Shown this once. */
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
  }).annotate(OpenApi.Summary, "Sessions that can still be used, newest first, at most 1,000"),
  HttpApiEndpoint.delete("endSession", "/sessions/:id", {
    params: { id: Schema.String },
    error: NotFound
  }).annotate(OpenApi.Summary, "End a session"),
  HttpApiEndpoint.delete("endSessions", "/tokens/:id/sessions", {
    params: { id: Schema.String },
    success: Schema.Struct({ ended: Schema.Int })
  }).annotate(OpenApi.Summary, "End all sessions of a token")
)
