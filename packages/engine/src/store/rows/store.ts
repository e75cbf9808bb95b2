/** What the layers over the database share. */
import { DateTime, Duration } from "effect"
import type { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import type { Ended } from "../../dispatch/terminalCounts.ts"
import type { Events } from "../../ports/Events.ts"
import type { Signals } from "../../ports/Signals.ts"
import type { Repeated } from "../accept/metrics.ts"

export interface Store {
  readonly sql: SqlClient.SqlClient
  /** The name of this relay. */
  readonly relay: string
  readonly random: SecureRandom.SecureRandom["Service"]
  readonly signals: Signals["Service"]
  readonly events: Events["Service"]
  /** Counts invitations that end without a call. */
  readonly countTerminal: Ended
  /** Returns the id of a person for a member in any spelling. */
  readonly personOf: (member: string) => string
  /** Returns the hash that identifies a webhook's content. */
  readonly hashOf: (content: Uint8Array) => string
  /** Returns a keyed hash of a client's address; empty if the client is unknown. */
  readonly clientOf: (client: string | undefined) => string
  /** Counts a webhook that repeats the id of another one. */
  readonly repeated: Repeated
  /** When the newest webhook without a hash was received, in milliseconds; -Infinity if all have one. */
  readonly unhashedUntil: number
  /** Whether dispatchers use the database's clock. */
  readonly isDatabaseClock: boolean
}

/** The most people in one commit of work that can wait, because a delivery that arrives meanwhile waits for the commit. */
export const maxRowsPerStep = 100

/** The deadline of an invitation that never expires, so that all deadlines compare and index alike. */
export const never = Number.MAX_SAFE_INTEGER

/**
 * The deadline of an invitation whose Live is read first. It has come at every clock, those of other relays and of a claim
 * in the same transaction included.
 */
export const unread = 0

/** The largest time that a date can have. */
const lastMoment = 8_640_000_000_000_000

/** Rounds to whole milliseconds: a backoff with jitter has fractions. */
export const millis = (time: DateTime.Utc): number =>
  Math.min(lastMoment, Math.round(DateTime.toEpochMillis(time)))

/** Capped at 100 years, so that it can be added to any time. */
export const wholeMillis = (duration: Duration.Duration): number =>
  Math.min(100 * 365 * 86_400_000, Math.round(Duration.toMillis(duration)))

/** A locking clause on Postgres. Empty on SQLite, which has one writer at a time. */
export const onPostgres = (sql: SqlClient.SqlClient, clause: string) =>
  sql.literal(sql.onDialectOrElse({ pg: () => clause, orElse: () => "" }))

/** Locks rows that are about to change. On Postgres other transactions skip them. */
export const skipLocked = (sql: SqlClient.SqlClient, table: string) =>
  onPostgres(sql, `FOR UPDATE OF ${table} SKIP LOCKED`)

/** Creates the row of a Spot if it is missing. */
export const ensureSpot = (sql: SqlClient.SqlClient, spot: string) =>
  sql`INSERT INTO spots (name, term, cooldown_until) VALUES (${spot}, 0, 0) ON CONFLICT (name) DO NOTHING`

export const idsOf = (rows: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> =>
  rows.map(({ id }) => id)

/**
 * A `LIMIT` as a literal. With a parameter, the planner does not know how few rows are needed and reads the whole table.
 */
export const limited = (sql: SqlClient.SqlClient, rows: number) =>
  sql.literal(`LIMIT ${Math.max(0, Math.trunc(rows))}`)

/** Replaces NUL, which Postgres does not store, by its symbol; also on SQLite. */
export const text = (value: string): string => value.replaceAll("\u0000", "\u2400")
