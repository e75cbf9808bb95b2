/** Decides which Postgres errors make a session useless, even if its connection is still open. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** The SQLSTATE of a write on a read-only server. */
export const readOnly = "25006"

/** Errors after which every statement of the session would fail, or the server closes it. */
const endings: ReadonlySet<string> = new Set([
  readOnly,
  // A transaction that failed and was not rolled back.
  "25P02",
  // The server ended the session because it, or its transaction, was idle or took too long.
  "25P03",
  "25P04",
  "57P05",
  // The server stops, has crashed, does not accept statements yet, or has dropped the database.
  "57P01",
  "57P02",
  "57P03",
  "57P04",
  // A prepared statement is missing: another client has used the session.
  "26000"
])

/** The SQLSTATE of a failed statement, if the server answered. */
export const sqlState = ({ reason: { cause } }: SqlError.SqlError): string | undefined =>
  Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : undefined

/** Whether the session must leave the pool. */
export const isBroken = (state: string | undefined): boolean =>
  state !== undefined && (endings.has(state) || state.startsWith("08"))
