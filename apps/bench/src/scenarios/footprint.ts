/** (f): the time to start, the memory, and the size of the installation. */
import { Duration, Effect } from "effect"
import type * as Contender from "../Contender.ts"
import * as contenders from "../contenders/contenders.ts"
import { installed, peers } from "../contenders/peers.ts"
import * as usher from "../contenders/usher.ts"
import * as Load from "../load/Load.ts"
import type { Mode } from "../Mode.ts"
import * as Process from "../Process.ts"
import { bar, bars } from "../report/plots.ts"
import type { Report, Table } from "../report/Report.ts"
import { figure, median, spread, whole } from "../report/statistics.ts"
import * as Rounds from "../Rounds.ts"
import type { Scenario } from "../Scenario.ts"
import * as installSize from "./installSize.ts"
import * as waiting from "./waiting.ts"

interface Start {
  readonly seconds: number
  /** In MiB, after the idle time. */
  readonly memory: number
}

const started = Effect.fnUntraced(function* (
  load: Load.Load,
  mode: Mode,
  { url, startedAt, pid }: Contender.Running
) {
  const seconds = ((yield* load.first(url)) - startedAt) / 1_000
  yield* Effect.sleep(Duration.seconds(mode.idleSeconds))
  const start: Start = { seconds, memory: yield* Process.memory(pid) }
  return start
})

/** Measures a relay that starts with this many due invitations, and works on them. */
const withBacklog = Effect.fnUntraced(function* (load: Load.Load, mode: Mode, size: number) {
  const filled = yield* waiting.make(size)
  const upstream = yield* usher.upstream
  const once = Effect.gen(function* () {
    const folder = yield* waiting.copy(filled)
    const running = yield* usher.start({ upstream, folder, moreSpots: waiting.spots })
    return yield* started(load, mode, running)
  })
  return yield* Effect.replicateEffect(Effect.scoped(once), mode.starts)
}, Effect.scoped)

const packages: Readonly<Record<string, ReadonlyArray<string>>> = {
  "usher (the relay with its command line)": [Process.beside("../../relay")],
  "Fastify + BullMQ": ["fastify", "bullmq", "ioredis"],
  "Fastify + pg-boss": ["fastify", "pg-boss"],
  "Fastify + graphile-worker": ["fastify", "graphile-worker"],
  "Node-RED": ["node-red"]
}

const sizes = Effect.fnUntraced(function* (missing: Array<string>, withPeers: boolean) {
  const rows: Array<ReadonlyArray<string>> = []
  for (const [name, parts] of Object.entries(packages)) {
    const isOurs = name.startsWith("usher")
    if (!withPeers && !isOurs) continue
    yield* Effect.forEach(isOurs ? [] : parts, installed).pipe(
      Effect.andThen(
        installSize.measure(isOurs ? parts : parts.map((part) => `${peers}/node_modules/${part}`))
      ),
      Effect.map(({ packages, mebibytes }) => rows.push([name, figure(mebibytes), whole(packages)])),
      Effect.catchTag("Missing", ({ what }) =>
        Effect.sync(() => missing.push(`Left out, as this machine has no ${what}: ${name}`))
      )
    )
  }
  const table: Table = {
    title: "Installed size, without Node, Redis and Postgres",
    head: ["", "MiB", "packages"],
    rows
  }
  return table
})

const run = Effect.fnUntraced(function* (mode: Mode) {
  const load = yield* Load.make
  const everybody = (yield* contenders.make).sqlite
  const all = mode.withPeers ? everybody : everybody.filter(contenders.isOurs)
  const { results, missing } = yield* Rounds.afresh(load, all, mode.starts, (running) =>
    started(load, mode, running)
  )
  const starts = new Map<string, ReadonlyArray<Start>>(results)
  for (const size of mode.backlogs.slice(1)) {
    starts.set(`usher serve, ${whole(size)} due in its file`, yield* withBacklog(load, mode, size))
  }
  const notes = [...missing]
  const installation = yield* sizes(notes, mode.withPeers)
  const report: Report = {
    tables: [
      {
        title: "From the start of the process to its first accepted webhook, and its memory when idle",
        head: ["", "seconds, median (lowest to highest)", "memory, MiB"],
        rows: Array.from(starts, ([name, own]) => [
          name,
          spread(own.map(({ seconds }) => seconds)),
          whole(median(own.map(({ memory }) => memory)))
        ])
      },
      installation
    ],
    plots: [
      {
        name: "f-memory",
        alt: "Memory of each contender when idle, and of the relay with a backlog",
        picture: bars(
          "Memory when idle",
          "MiB",
          [...starts].flatMap(([who, own]) =>
            bar(
              who,
              own.map(({ memory }) => memory)
            )
          )
        )
      }
    ],
    notes: [
      `Rounds: ${mode.starts}. Memory is the resident set ${mode.idleSeconds} seconds after the first accept; a relay with a backlog works on it within its budget. Redis and Postgres run already, and are not counted.`,
      ...notes
    ]
  }
  return report
})

export const footprint: Scenario = { letter: "f", title: "Start, memory and size", run }
