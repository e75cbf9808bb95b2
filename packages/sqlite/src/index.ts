/** An Effect `SqlClient` over `node:sqlite`. */
export * as SqliteClient from "./SqliteClient.ts"
/** A lock for the one program that serves a database. */
export * as SqliteLock from "./SqliteLock.ts"
