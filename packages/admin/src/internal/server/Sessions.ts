/**
 * Sessions of the dashboard. A session has no rights of its own: each use reads them from its token. A token that is
 * revoked, has expired or has a new secret ends the session.
 */
import { Clock, Context, DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import type * as Wire from "../../Tokens.ts"
import { hashOf, idIn, isRecent, isSame, secretFor } from "./secrets.ts"
import { NotAuthenticated, Tokens } from "./Tokens.ts"

/** A working day. */
const longest = Duration.hours(12)

const maxListed = 1_000

const make = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const tokens = yield* Tokens

  /** Starts a session, which ends after 12 hours or with its token. */
  const begin = Effect.fn("Sessions.begin")(function* ({
    token,
    ip,
    userAgent
  }: Pick<Wire.Session, "token" | "ip" | "userAgent">) {
    const present = yield* tokens.present(token)
    if (present === undefined) return yield* new NotAuthenticated({ reason: "revoked" })
    const now = yield* DateTime.now
    const begun = DateTime.toEpochMillis(now)
    const end = DateTime.addDuration(now, longest)
    const expiresAt =
      present.expiresAt !== null && DateTime.isLessThan(present.expiresAt, end) ? present.expiresAt : end
    const { id, secret } = yield* secretFor(random, "session")
    yield* sql`DELETE FROM sessions WHERE expires_at <= ${begun}`
    yield* sql`INSERT INTO sessions ${sql.insert([
      {
        id,
        token,
        token_hash: present.hash,
        hash: hashOf(secret),
        begun_at: begun,
        last_used_at: begun,
        expires_at: DateTime.toEpochMillis(expiresAt),
        ip,
        user_agent: userAgent
      }
    ])}`
    return { secret: Redacted.make(secret), expiresAt }
  })

  /** Authenticates a secret, with the current name and scope of its token. */
  const authenticate = Effect.fnUntraced(function* (secret: Redacted.Redacted) {
    const id = idIn("session", Redacted.value(secret))
    const [row] = id === undefined ? [] : yield* sql<Row>`SELECT * FROM sessions WHERE id = ${id}`
    if (row === undefined || !isSame(row.hash, hashOf(Redacted.value(secret)))) {
      return yield* new NotAuthenticated({ reason: "unknown" })
    }
    const now = yield* Clock.currentTimeMillis
    const token = yield* tokens.present(row.token)
    if (token === undefined || !isSame(token.hash, row.token_hash)) {
      return yield* new NotAuthenticated({ reason: "revoked" })
    }
    const hasTokenExpired = token.expiresAt !== null && DateTime.toEpochMillis(token.expiresAt) <= now
    if (hasTokenExpired || row.expires_at <= now) {
      return yield* new NotAuthenticated({ reason: "expired" })
    }
    if (!isRecent(row.last_used_at, now)) {
      yield* Effect.ignore(sql`UPDATE sessions SET last_used_at = ${now} WHERE id = ${row.id}`)
    }
    return { ...token.principal, id: row.id }
  })

  /** Active sessions, newest first. Optional: only those of a token, and the id of the caller's own session. */
  const list = Effect.fn("Sessions.list")(function* (token?: string, current?: string) {
    const now = yield* Clock.currentTimeMillis
    const rows = yield* sql<Row>`SELECT * FROM sessions
      WHERE ${sql.and([sql`expires_at > ${now}`, ...(token === undefined ? [] : [sql`token = ${token}`])])}
      ORDER BY begun_at DESC, id DESC LIMIT ${maxListed}`
    const hashes = new Map<string, string | undefined>()
    for (const id of new Set(rows.map(({ token }) => token))) {
      hashes.set(id, (yield* tokens.present(id))?.hash)
    }
    return rows.filter((row) => hashes.get(row.token) === row.token_hash).map(sessionOf(current))
  })

  return {
    begin,
    authenticate,
    list,
    /** Ends a session. False if it does not exist. */
    end: (id: string) =>
      Effect.map(sql`DELETE FROM sessions WHERE id = ${id} RETURNING id`, (ended) => ended.length > 0),
    /** Ends all sessions but the caller's own, and returns how many. */
    endOthers: (current: string | undefined) =>
      Effect.map(
        sql`DELETE FROM sessions WHERE id <> ${current ?? ""} RETURNING id`,
        (ended) => ended.length
      ),
    /** Ends all sessions of a token, and returns how many. */
    endAll: (token: string) =>
      Effect.map(sql`DELETE FROM sessions WHERE token = ${token} RETURNING id`, (ended) => ended.length)
  }
})

export class Sessions extends Context.Service<Sessions>()("@usher/admin/Sessions", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}

interface Row {
  readonly id: string
  readonly token: string
  readonly token_hash: string
  readonly hash: string
  readonly begun_at: number
  readonly last_used_at: number
  readonly expires_at: number
  readonly ip: string | null
  readonly user_agent: string | null
}

const sessionOf =
  (current: string | undefined) =>
  (row: Row): Wire.Session => ({
    id: row.id,
    token: row.token,
    begunAt: DateTime.makeUnsafe(row.begun_at),
    lastUsedAt: DateTime.makeUnsafe(row.last_used_at),
    expiresAt: DateTime.makeUnsafe(row.expires_at),
    ip: row.ip,
    userAgent: row.user_agent,
    isCurrent: row.id === current
  })
