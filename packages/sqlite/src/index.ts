/** An Effect `SqlClient` over `node:sqlite`. */
export * as SqliteClient from "./SqliteClient.ts"
