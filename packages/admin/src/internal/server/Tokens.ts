/**
 * Tokens from the configuration, and tokens that operators created. The relay stores a SHA-256 of each: for 32 random bytes
 * it is as safe as a slow hash.
 */
import { Clock, Context, DateTime, Effect, Layer, Redacted, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import type * as Access from "../../Access.ts"
import * as Wire from "../../Tokens.ts"
import type { Token } from "./ConfiguredToken.ts"
import { hashOf, idIn, isRecent, isSame, secretFor } from "./secrets.ts"

/** An authenticated caller. */
export interface Principal {
  /** The id of the token or the session. */
  readonly id: string
  readonly name: string
  readonly scope: Access.Scope
}

/** The current state of a token. */
export interface Present {
  readonly principal: Principal
  /** The hash of its secret, in hex. */
  readonly hash: string
  readonly expiresAt: DateTime.Utc | null
}

/** A token of this name exists. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", { name: Schema.String }) {
  override get message() {
    return `A token named ${this.name} exists: choose another name, or revoke it first`
  }
}

/** The secret is unknown, expired or revoked. */
export class NotAuthenticated extends Schema.TaggedError<NotAuthenticated>()("NotAuthenticated", {
  /** `revoked`: the token of the session was revoked or has a new secret. */
  reason: Schema.Literals(["unknown", "expired", "revoked"])
}) {
  override get message() {
    return "The token is unknown, expired or revoked."
  }
}

const make = Effect.fnUntraced(function* (configured: ReadonlyArray<Token>) {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const given = configured.map(({ name, scope, secret }): Present => ({
    principal: { id: `configured:${name}`, name, scope },
    hash: hashOf(Redacted.value(secret)),
    expiresAt: null
  }))

  /** Creates a token. The secret is returned only here. Default of `expiresAt`: in 90 days. Null: never. */
  const create = Effect.fn("Tokens.create")(function* ({
    name,
    scope,
    expiresAt
  }: Pick<Wire.Token, "name" | "scope"> & Partial<Pick<Wire.Token, "expiresAt">>) {
    if (given.some(({ principal }) => principal.name === name)) return yield* new NameTaken({ name })
    const now = yield* DateTime.now
    const { id, secret } = yield* secretFor(random, "usher")
    const end = expiresAt === undefined ? DateTime.add(now, { days: Wire.defaultDays }) : expiresAt
    const row = {
      id,
      name,
      scope,
      hash: hashOf(secret),
      created_at: DateTime.toEpochMillis(now),
      expires_at: end === null ? null : DateTime.toEpochMillis(end),
      last_used_at: null
    }
    const inserted = yield* sql`INSERT INTO tokens ${sql.insert([row])} ON CONFLICT DO NOTHING RETURNING id`
    if (inserted.length === 0) return yield* new NameTaken({ name })
    return { secret: Redacted.make(secret), token: tokenOf(row) }
  })

  /** Created tokens, by name. */
  const list = Effect.map(sql<Row>`SELECT * FROM tokens ORDER BY name`, (rows) => rows.map(tokenOf))

  /** Revokes a created token and ends its sessions. False if it does not exist. */
  const revoke = Effect.fn("Tokens.revoke")(function* (id: string) {
    const revoked = yield* sql`DELETE FROM tokens WHERE id = ${id} RETURNING id`
    if (revoked.length > 0) yield* sql`DELETE FROM sessions WHERE token = ${id}`
    return revoked.length > 0
  }, sql.withTransaction)

  const rowOf = (id: string) =>
    Effect.map(sql<Row>`SELECT * FROM tokens WHERE id = ${id}`, (found) => found[0])

  /** Authenticates a secret. */
  const authenticate = Effect.fnUntraced(function* (secret: Redacted.Redacted) {
    const hash = hashOf(Redacted.value(secret))
    const found = given.find((one) => isSame(one.hash, hash))
    if (found !== undefined) return found.principal
    const id = idIn("usher", Redacted.value(secret))
    const row = id === undefined ? undefined : yield* rowOf(id)
    if (row === undefined || !isSame(row.hash, hash))
      return yield* new NotAuthenticated({ reason: "unknown" })
    const now = yield* Clock.currentTimeMillis
    if (row.expires_at !== null && row.expires_at <= now) {
      return yield* new NotAuthenticated({ reason: "expired" })
    }
    if (!isRecent(row.last_used_at, now)) {
      // Authentication succeeds even if this update fails.
      yield* Effect.ignore(sql`UPDATE tokens SET last_used_at = ${now} WHERE id = ${row.id}`)
    }
    return principalOf(row)
  })

  /** The current state of a created or configured token. Undefined if it does not exist. */
  const present = Effect.fnUntraced(function* (id: string) {
    const configured = given.find(({ principal }) => principal.id === id)
    if (configured !== undefined) return configured
    const row = yield* rowOf(id)
    return row === undefined
      ? undefined
      : { principal: principalOf(row), hash: row.hash, expiresAt: timeOf(row.expires_at) }
  })

  return { create, list, revoke, authenticate, present }
})

export class Tokens extends Context.Service<Tokens>()("@usher/admin/Tokens", { make }) {
  static readonly layer = (configured: ReadonlyArray<Token>) => Layer.effect(this, this.make(configured))
}

interface Row {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly hash: string
  readonly created_at: number
  readonly expires_at: number | null
  readonly last_used_at: number | null
}

const principalOf = ({ id, name, scope }: Row): Principal => ({
  id,
  name,
  scope: scope === "operate" ? "operate" : "read"
})

const timeOf = (at: number | null) => (at === null ? null : DateTime.makeUnsafe(at))

const tokenOf = (row: Row): Wire.Token => ({
  ...principalOf(row),
  createdAt: DateTime.makeUnsafe(row.created_at),
  expiresAt: timeOf(row.expires_at),
  lastUsedAt: timeOf(row.last_used_at)
})
