/**
 * Tokens and the sessions that are begun with them. Of each a SHA-256 is kept, which is as good as a slow hash where what
 * is hashed are 32 random bytes.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer, Redacted, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import type { Access, Tokens as Wire } from "@usher/admin"
import { createHash, timingSafeEqual } from "node:crypto"

/** Who was recognised. */
export interface Known {
  readonly id: string
  readonly name: string
  readonly scope: Access.Scope
}

/** Of the configuration: it is there for as long as it stands in it. */
export interface Configured {
  readonly name: string
  readonly scope: Access.Scope
  readonly secret: Redacted.Redacted
}

export interface NewToken {
  readonly name: string
  readonly scope: Access.Scope
  readonly expiresAt?: DateTime.Utc | undefined
}

/** There is a token of this name already. */
export class NameTaken extends Schema.TaggedError<NameTaken>()("NameTaken", { name: Schema.String }) {
  override get message() {
    return `There is a token ${this.name} already: choose another name, or revoke it first`
  }
}

export class Tokens extends Context.Service<
  Tokens,
  {
    /** The secret is in nobody's hands but the caller's. */
    readonly create: (
      token: NewToken
    ) => Effect.Effect<
      { readonly secret: Redacted.Redacted; readonly token: Wire.Token },
      NameTaken | SqlError.SqlError
    >
    /** Without those of the configuration, by name. */
    readonly list: Effect.Effect<ReadonlyArray<Wire.Token>, SqlError.SqlError>
    /** With the sessions that were begun with it. Whether it was there. */
    readonly revoke: (id: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** Whose token it is; nothing if it is nobody's any more. */
    readonly recognise: (secret: Redacted.Redacted) => Effect.Effect<Known | undefined, SqlError.SqlError>
    /** The same of a session's secret. */
    readonly recogniseSession: (
      secret: Redacted.Redacted
    ) => Effect.Effect<Known | undefined, SqlError.SqlError>
    readonly beginSession: (
      token: Known
    ) => Effect.Effect<
      { readonly secret: Redacted.Redacted; readonly expiresAt: DateTime.Utc },
      SqlError.SqlError
    >
    readonly endSession: (id: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@usher/relay/Tokens") {
  static readonly layer = (
    configured: ReadonlyArray<Configured>
  ): Layer.Layer<Tokens, never, SqlClient.SqlClient | SecureRandom.SecureRandom> =>
    Layer.effect(this, make(configured))
}

/** A working day. */
const sessionLength = Duration.hours(12)

/** How old `last_used_at` may be. */
const freshness = Duration.toMillis("1 minute")

const configuredId = (name: string) => `configured:${name}`

const make = Effect.fnUntraced(function* (configured: ReadonlyArray<Configured>) {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const given = configured.map(({ name, scope, secret }) => ({
    known: { id: configuredId(name), name, scope },
    hash: hashOf(Redacted.value(secret))
  }))

  const insert = Effect.fnUntraced(function* (
    prefix: Prefix,
    token: NewToken & { readonly parent: string | null }
  ) {
    const id = yield* random.ulid
    const secret = `${prefix}_${id}_${Buffer.from(yield* random.randomBytes(32)).toString("base64url")}`
    const now = yield* Clock.currentTimeMillis
    const row = {
      id,
      name: token.name,
      scope: token.scope,
      hash: hashOf(secret).toString("hex"),
      parent: token.parent,
      created_at: now,
      expires_at: token.expiresAt === undefined ? null : DateTime.toEpochMillis(token.expiresAt),
      last_used_at: null
    }
    const inserted = yield* sql`INSERT INTO tokens ${sql.insert([row])} ON CONFLICT DO NOTHING RETURNING id`
    return inserted.length === 0 ? undefined : { secret: Redacted.make(secret), token: tokenOf(row) }
  })

  const create = Effect.fn("Tokens.create")(function* (token: NewToken) {
    const isConfigured = given.some(({ known }) => known.name === token.name)
    const created = isConfigured ? undefined : yield* insert("usher", { ...token, parent: null })
    return created ?? (yield* new NameTaken({ name: token.name }))
  })

  const list = Effect.map(sql<Row>`SELECT * FROM tokens WHERE parent IS NULL ORDER BY name`, (rows) =>
    rows.map(tokenOf)
  )

  const revoke = Effect.fn("Tokens.revoke")(function* (id: string) {
    yield* sql`DELETE FROM tokens WHERE parent = ${id}`
    const revoked = yield* sql`DELETE FROM tokens WHERE id = ${id} AND parent IS NULL RETURNING id`
    return revoked.length > 0
  }, sql.withTransaction)

  const use = Effect.fnUntraced(function* ({ id, last_used_at }: Row, now: number) {
    if (last_used_at !== null && Number(last_used_at) > now - freshness) return
    // That it was used is worth less than what it is used for.
    yield* Effect.ignore(sql`UPDATE tokens SET last_used_at = ${now} WHERE id = ${id}`)
  })

  const find = Effect.fnUntraced(function* (prefix: Prefix, secret: string) {
    const [, id] = shapes[prefix].exec(secret) ?? []
    if (id === undefined) return
    const now = yield* Clock.currentTimeMillis
    const [row] = yield* sql<Row>`SELECT * FROM tokens WHERE id = ${id}`
    if (row === undefined || (row.parent === null) !== (prefix === "usher")) return
    const isRight = timingSafeEqual(Buffer.from(row.hash, "hex"), hashOf(secret))
    if (!isRight || (row.expires_at !== null && Number(row.expires_at) <= now)) return
    yield* use(row, now)
    return row
  })

  const recognise = Effect.fnUntraced(function* (secret: Redacted.Redacted) {
    const hash = hashOf(Redacted.value(secret))
    const found = given.find((one) => timingSafeEqual(one.hash, hash))
    return found === undefined ? knownOf(yield* find("usher", Redacted.value(secret))) : found.known
  })

  const recogniseSession = Effect.fnUntraced(function* (secret: Redacted.Redacted) {
    const row = yield* find("session", Redacted.value(secret))
    // Of a token that is not configured any more nothing is left.
    const isOrphan =
      row?.parent?.startsWith("configured:") === true && !given.some(({ known }) => known.id === row.parent)
    return isOrphan ? undefined : knownOf(row)
  })

  const beginSession = Effect.fn("Tokens.beginSession")(function* ({ id: parent, name, scope }: Known) {
    const now = yield* DateTime.now
    yield* sql`DELETE FROM tokens WHERE parent IS NOT NULL AND expires_at <= ${DateTime.toEpochMillis(now)}`
    const expiresAt = DateTime.addDuration(now, sessionLength)
    const begun = yield* insert("session", { name, scope, expiresAt, parent })
    return begun === undefined
      ? yield* Effect.die("an id was given twice")
      : { secret: begun.secret, expiresAt }
  })

  return Tokens.of({
    create,
    list,
    revoke,
    recognise,
    recogniseSession,
    beginSession,
    endSession: (id) => Effect.asVoid(sql`DELETE FROM tokens WHERE id = ${id} AND parent IS NOT NULL`)
  })
})

type Prefix = "usher" | "session"

const shapes = {
  usher: /^usher_([0-9A-HJKMNP-TV-Z]{26})_[\w-]{43}$/,
  session: /^session_([0-9A-HJKMNP-TV-Z]{26})_[\w-]{43}$/
}

const hashOf = (secret: string): Buffer => createHash("sha256").update(secret).digest()

interface Row {
  readonly id: string
  readonly name: string
  readonly scope: string
  readonly hash: string
  readonly parent: string | null
  readonly created_at: number | bigint
  readonly expires_at: number | bigint | null
  readonly last_used_at: number | bigint | null
}

const scopeOf = (row: Row): Access.Scope => (row.scope === "operate" ? "operate" : "read")

const knownOf = (row: Row | undefined): Known | undefined =>
  row === undefined ? undefined : { id: row.id, name: row.name, scope: scopeOf(row) }

const timeOf = (at: number | bigint | null) => (at === null ? null : DateTime.makeUnsafe(Number(at)))

const tokenOf = (row: Row): Wire.Token => ({
  id: row.id,
  name: row.name,
  scope: scopeOf(row),
  createdAt: DateTime.makeUnsafe(Number(row.created_at)),
  expiresAt: timeOf(row.expires_at),
  lastUsedAt: timeOf(row.last_used_at)
})
