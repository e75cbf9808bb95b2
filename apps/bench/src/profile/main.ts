/**
 * Shows where the time goes when the relay accepts and drains, by self time.
 *
 *     npx -y pnpm@12.21.0 run profile [--write]
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as Load from "../load/Load.ts"
import * as Machine from "../Machine.ts"
import { write } from "../report/document.ts"
import * as provenance from "../report/provenance.ts"
import * as markdown from "../report/markdown.ts"
import type { Report, Table } from "../report/Report.ts"
import * as paths from "./paths.ts"
import { byFunction, byPart, type Profile, type Share } from "./selfTime.ts"

const most = 20

const table = (title: string, shares: ReadonlyArray<Share>): Table => ({
  title,
  head: ["", "share of the busy time"],
  rows: shares.slice(0, most).map(({ name, share }) => [name, `${(share * 100).toFixed(1)} %`])
})

const tables = (path: string, { profile, what }: { readonly profile: Profile; readonly what: string }) => [
  table(`${path} (${what}), by package`, byPart(profile)),
  table(`${path}, the ${most} functions with the most self time`, byFunction(profile))
]

const profile = Command.make(
  "profile",
  {
    seconds: Flag.Int("seconds").pipe(Flag.withDefault(5), Flag.withDescription("Seconds of accepting")),
    people: Flag.Int("people").pipe(Flag.withDefault(10_000), Flag.withDescription("People to invite")),
    write: Flag.Boolean("write").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Write the tables to docs/benchmarks.md")
    )
  },
  Effect.fnUntraced(function* ({ seconds, people, write: isWritten }) {
    const machine = yield* Machine.describe
    const taken = yield* provenance.of("run profile --write")
    const load = yield* Load.make
    const report: Report = {
      tables: [
        ...tables("Accepting", yield* paths.accept(load, seconds)),
        ...tables("Draining", yield* paths.drain(load, people))
      ],
      plots: [],
      notes: ["By `node --cpu-prof`: self time, without called functions and without idle time."]
    }
    yield* Console.log(markdown.report(report, [`${machine}.`, taken]))
    if (isWritten) yield* write("profile", report, [`${machine}.`, taken])
  }, Effect.scoped)
).pipe(Command.withDescription("Show where the time goes when the relay accepts and drains"))

Command.run(profile, { version: "0.1.0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
