/** The server of the engine's tests, for all runs at once. */
export { startPostgres } from "../../../../packages/engine/test/postgresServer.ts"
