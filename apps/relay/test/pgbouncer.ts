/** PgBouncer before the Postgres of the tests, as it comes with the distribution. */
import { Effect, FileSystem } from "effect"
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, writeFileSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"

/** Whether it is installed: `apt-get install pgbouncer`. */
export const hasPgBouncer = (() => {
  const found = spawnSync("pgbouncer", ["--version"]).status === 0
  if (!found) process.stderr.write("NOT TESTED: PgBouncer, because it is not installed\n")
  return found
})()

const freePort = Effect.callback<number>((resume) => {
  const server = createServer().listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo
    server.close(() => resume(Effect.succeed(port)))
  })
})

/** Goes with the scope; the URL by which the database is reached through it. */
export const pgBouncer = Effect.fnUntraced(function* (
  url: string,
  password: string,
  mode: "session" | "transaction" | "statement"
) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-pgbouncer-" })
  const { hostname, port, username } = new URL(url)
  const own = yield* freePort
  writeFileSync(`${folder}/users`, `"${username}" "${password}"\n`)
  writeFileSync(
    `${folder}/pgbouncer.ini`,
    `[databases]
* = host=${hostname} port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = plain
auth_file = ${folder}/users
pool_mode = ${mode}
default_pool_size = 20
ignore_startup_parameters = extra_float_digits
`
  )
  chmodSync(folder, 0o755)
  yield* Effect.acquireRelease(
    Effect.callback<{ readonly end: Effect.Effect<void> }>((resume) => {
      // It refuses to run as root.
      const user = process.getuid?.() === 0 ? ["--user", "nobody"] : []
      const child = spawn("pgbouncer", [...user, `${folder}/pgbouncer.ini`], {
        stdio: ["ignore", "ignore", "pipe"]
      })
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
      const end = Effect.promise(() => {
        child.kill("SIGKILL")
        return ended
      })
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("process up")) resume(Effect.succeed({ end }))
      })
    }),
    ({ end }) => end
  )
  const through = new URL(url)
  through.port = String(own)
  return through.href
})
