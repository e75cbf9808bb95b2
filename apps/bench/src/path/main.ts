/**
 * Lists the workspace files that a webhook passes from the socket to the commit: those with a function that a warm `usher serve`
 * calls for each webhook.
 *
 *     npx -y pnpm@12.21.0 run path [--max 20]
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem, Schedule, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { once } from "node:events"
import { connect, type Socket } from "node:net"
import * as program from "../contenders/program.ts"
import * as usher from "../contenders/usher.ts"
import * as deliveries from "../load/deliveries.ts"
import * as Process from "../Process.ts"

const warmUp = 500
const watched = 7

const Called = Schema.fromJsonString(Schema.Array(Schema.Struct({ url: Schema.String, name: Schema.String })))
const decode = Schema.decodeUnknownEffect(Called)

/** Every commit of a webhook runs this file. */
const storing = "packages/engine/src/store/accept/accept.ts"

const ours = /\/(?<file>(?:packages|apps)\/(?:(?!node_modules).)+\.ts)$/

/** Sends one webhook, and waits for the first bytes of the answer. */
const send = Effect.fnUntraced(function* (socket: Socket, number: number) {
  const bytes = yield* deliveries.make(1_000, `path-${number}`, "a Live")
  yield* Effect.promise(async () => {
    socket.write(bytes)
    const [answer] = await once(socket, "data")
    const head = String(answer).split("\r\n", 1)[0] ?? ""
    if (!/ 20[02] /.test(head)) throw new Error(`The relay answered ${head}`)
  })
})

/** The functions that were called for one webhook, by file. */
const watch = Effect.fnUntraced(function* (relay: usher.Usher, socket: Socket, file: string, number: number) {
  const fs = yield* FileSystem.FileSystem
  // Waits for the work of earlier webhooks.
  yield* Effect.sleep("1 second")
  process.kill(relay.pid, "SIGUSR2")
  yield* Effect.sleep("100 millis")
  yield* send(socket, number)
  const text = yield* Effect.retry(fs.readFileString(file), {
    schedule: Schedule.spaced("50 millis"),
    times: 100
  })
  yield* fs.remove(file)
  const files = new Map<string, Set<string>>()
  for (const { url, name } of yield* decode(text)) {
    const own = ours.exec(url)?.groups?.["file"]
    if (own === undefined || own.startsWith("apps/bench/")) continue
    files.set(own, (files.get(own) ?? new Set()).add(name === "" ? "(anonymous)" : name))
  }
  return files
})

const path = Command.make(
  "path",
  {
    max: Flag.Int("max").pipe(
      Flag.withDefault(20),
      Flag.withDescription("Fail if a webhook passes more files. Default: 20")
    )
  },
  Effect.fnUntraced(function* ({ max }) {
    const folder = yield* program.folder
    const file = `${folder}/called.json`
    const relay = yield* usher.start({
      upstream: yield* usher.upstream,
      folder,
      node: ["--import", Process.beside("path/watch.ts")],
      env: { USHER_PATH_FILE: file }
    })
    const socket = yield* Effect.acquireRelease(
      Effect.sync(() => connect(Number(new URL(relay.url).port), "127.0.0.1")),
      (socket) => Effect.sync(() => socket.destroy())
    )
    for (let at = 0; at < warmUp; at++) yield* send(socket, at)
    const runs: Array<ReadonlyMap<string, ReadonlySet<string>>> = []
    for (let at = 0; at < watched; at++) runs.push(yield* watch(relay, socket, file, warmUp + at))
    // Skips runs in which another commit came first, and functions that are not in every run.
    const [first, ...others] = runs.filter((run) => run.has(storing))
    if (first === undefined || others.length === 0)
      return yield* Effect.die(new Error("No commit was that of a webhook"))
    const files = [...first.keys()].filter((name) => others.every((run) => run.has(name)))
    for (const name of files) {
      const functions = [...(first.get(name) ?? [])].filter((one) =>
        others.every((run) => run.get(name)?.has(one))
      )
      yield* Console.log(`${name}: ${functions.join(", ")}`)
    }
    yield* Console.log(`${files.length} files from the socket to the commit (at most ${max})`)
    if (files.length > max) yield* Effect.sync(() => void (process.exitCode = 1))
  }, Effect.scoped)
).pipe(
  Command.withDescription("List the workspace files that a webhook passes from the socket to the commit")
)

Command.run(path, { version: "0.1.0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
