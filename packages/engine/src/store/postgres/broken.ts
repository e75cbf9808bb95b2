/** Which errors of Postgres mean that a session is of no more use, though its connection may still stand. */
import { Predicate } from "effect"
import type { SqlError } from "effect/sql"

/** The SQLSTATE of a statement that would write where nothing can be written. */
export const readOnly = "25006"

/** A later statement of the session would fail in the same way, or the server is about to close it. */
const endings: ReadonlySet<string> = new Set([
  readOnly,
  // A transaction that failed and was not rolled back.
  "25P02",
  // Ended by the server because the session, or its transaction, was silent or took too long.
  "25P03",
  "25P04",
  "57P05",
  // The server stops, has crashed, does not take statements yet, or has dropped the database.
  "57P01",
  "57P02",
  "57P03",
  "57P04",
  // A prepared statement that is not there: somebody else has used the session.
  "26000"
])

/** The SQLSTATE with which a statement failed, if the server answered. */
export const sqlState = ({ reason: { cause } }: SqlError.SqlError): string | undefined =>
  Predicate.hasProperty(cause, "code") && Predicate.isString(cause.code) ? cause.code : undefined

/** Whether the session must leave the pool. */
export const isBroken = (state: string | undefined): boolean =>
  state !== undefined && (endings.has(state) || state.startsWith("08"))
