/** Starts a Redis, if the machine has one. */
import { Effect } from "effect"
import { Missing } from "../Contender.ts"
import * as Process from "../Process.ts"

const command = "redis-server"

/** The version of the installed Redis. */
export const version = Effect.flatMap(Process.output(command, "--version"), (text) => {
  const found = /v=([\d.]+)/.exec(text ?? "")?.[1]
  return found === undefined
    ? Effect.fail(new Missing({ what: "redis-server (apt-get install redis-server)" }))
    : Effect.succeed(found)
})

/** Syncs its log before each answer (`always`), or every second. */
export const start = Effect.fnUntraced(function* (folder: string, fsync: "always" | "everysec") {
  yield* version
  const port = yield* Process.freePort
  const options = { port, bind: "127.0.0.1", dir: folder, appendonly: "yes", appendfsync: fsync, save: "" }
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const { pid } = yield* Process.start({ command, args, folder, port })
  return { port, pid }
})
