/** What the layers over the database share. */
import { DateTime, Duration } from "effect"
import type { SecureRandom } from "effect/crypto"
import type { SqlClient } from "effect/sql"
import type { Ended } from "../../dispatch/ended.ts"
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
  /** Counts invitations that have ended otherwise than by a call. */
  readonly ended: Ended
  /** The id of a person, from a member however written. */
  readonly personOf: (member: string) => string
  /** The hash by which a webhook's content is compared. */
  readonly hashOf: (content: Uint8Array) => string
  /** A keyed digest of a client's address; empty where the client is not known. */
  readonly clientOf: (client: string | undefined) => string
  /** Counts a webhook that repeats the id of another one. */
  readonly repeated: Repeated
  /** When the last webhook was received whose hash is not known, in milliseconds; -Infinity if every hash is known. */
  readonly unhashedUntil: number
  /** Whether dispatchers go by the database's clock. */
  readonly isDatabaseClock: boolean
}

/** Of people in one commit of those that can wait: a delivery that comes meanwhile waits for it. */
export const enough = 100

/** An invitation without an end has one here, so that deadlines are compared and indexed alike. */
export const never = Number.MAX_SAFE_INTEGER

/** The last moment that a date can have; a later one is not stored. */
const lastMoment = 8_640_000_000_000_000

/** Whole milliseconds: a backoff with jitter has fractions. */
export const millis = (time: DateTime.Utc): number =>
  Math.min(lastMoment, Math.round(DateTime.toEpochMillis(time)))

/** At most 100 years, so that it can be added to any time. */
export const wholeMillis = (duration: Duration.Duration): number =>
  Math.min(100 * 365 * 86_400_000, Math.round(Duration.toMillis(duration)))

/** A locking clause on Postgres; nothing on SQLite, which has one writer at a time. */
export const onPostgres = (sql: SqlClient.SqlClient, clause: string) =>
  sql.literal(sql.onDialectOrElse({ pg: () => clause, orElse: () => "" }))

/** Rows that are read to be changed: on Postgres others pass over them. */
export const skipLocked = (sql: SqlClient.SqlClient, table: string) =>
  onPostgres(sql, `FOR UPDATE OF ${table} SKIP LOCKED`)

/** The row of a Spot is made by whoever comes first. */
export const ensureSpot = (sql: SqlClient.SqlClient, spot: string) =>
  sql`INSERT INTO spots (name, epoch, rests_until) VALUES (${spot}, 0, 0) ON CONFLICT (name) DO NOTHING`

export const idsOf = (rows: ReadonlyArray<{ readonly id: string }>): ReadonlyArray<string> =>
  rows.map(({ id }) => id)

/** As a literal: a planner that does not know how few rows it is about reads the whole table for them. */
export const limited = (sql: SqlClient.SqlClient, rows: number) =>
  sql.literal(`LIMIT ${Math.max(0, Math.trunc(rows))}`)

/** Postgres has no NUL in its texts: its picture stands in its place, on SQLite as well. */
export const text = (value: string): string => value.replaceAll("\u0000", "\u2400")
