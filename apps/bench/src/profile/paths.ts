/** Runs the two paths that matter under `node --cpu-prof`. */
import { Effect, FileSystem, Schema } from "effect"
import * as program from "../contenders/program.ts"
import * as usher from "../contenders/usher.ts"
import type { Load } from "../load/Load.ts"
import type { Process } from "../Process.ts"
import * as backlog from "../scenarios/backlog.ts"
import * as jobs from "../scenarios/jobs.ts"
import { poll } from "../scenarios/poll.ts"
import { after, Profile } from "./selfTime.ts"

/** Node writes the profile when the process stops in order. */
const profiling = (folder: string) => [
  "--cpu-prof",
  `--cpu-prof-dir=${folder}`,
  "--cpu-prof-name=profile.json"
]

/** Reads the profile from this time on. */
const read = Effect.fnUntraced(function* (running: Process, folder: string, from: number) {
  yield* running.stop
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(`${folder}/profile.json`)
  return after(yield* Schema.decodeEffect(Profile)(text), from - running.startedAt)
}, Effect.orDie)

/** The receiver alone, at its peak. */
export const accept = Effect.fnUntraced(function* (load: Load, seconds: number) {
  const folder = yield* program.folder
  const running = yield* program.start("programs/receiver.ts", {}, folder, profiling(folder))
  const from = yield* load.first(running.url)
  const job = jobs.all(running.url, 8_000 * seconds, seconds)
  const { accepted } = yield* load.run({ ...job, warmUpSeconds: 1 })
  return { profile: yield* read(running, folder, from), what: `${accepted} webhooks accepted` }
}, Effect.scoped)

const Counts = Schema.Struct({ people: Schema.Int, calls: Schema.Int, firstAt: Schema.Finite })

/** The whole relay, with a backlog and an upstream without limits. */
export const drain = Effect.fnUntraced(function* (load: Load, people: number) {
  const folder = yield* backlog.make(load, people, 100)
  const upstream = yield* usher.upstream
  const running = yield* usher.start({
    upstream,
    folder,
    spot: "budget: unlimited",
    node: profiling(folder)
  })
  const { calls, firstAt } = yield* poll(upstream, Counts, (counts) => counts.people >= people)
  return {
    profile: yield* read(running, folder, firstAt),
    what: `${people} people invited in ${calls} calls`
  }
}, Effect.scoped)
