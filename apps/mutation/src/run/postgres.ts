/** The server of the engine's tests, for all runs at once, with the template that they copy. */
import { startPostgres as start } from "../../../../packages/engine/test/postgresServer.ts"
import { makeTemplate } from "../../../../packages/engine/test/template.ts"

export const startPostgres = async () => {
  const server = await start()
  await makeTemplate(server.url)
  return server
}
