import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Contender, Missing, type Running } from "../src/Contender.ts"
import type { Load } from "../src/load/Load.ts"
import * as Rounds from "../src/Rounds.ts"

const load: Load = {
  first: () => Effect.succeed(0),
  run: () => Effect.die("nothing is to be run")
}

const contender = (name: string, start: Contender["start"]): Contender => ({
  name,
  durability: "",
  isDurable: true,
  start
})

/** Records its events. */
const there = (name: string, events: Array<string>) => {
  const tell = (what: string) => Effect.sync(() => events.push(`${name} ${what}`))
  const running: Running = {
    url: name,
    pid: 0,
    startedAt: 0,
    output: Effect.succeed(""),
    kill: Effect.void,
    stop: Effect.void,
    freeze: tell("freezes"),
    thaw: tell("thaws")
  }
  return contender(
    name,
    Effect.acquireRelease(Effect.as(tell("starts"), running), () => tell("ends"))
  )
}

const notThere = (name: string) => contender(name, Effect.fail(new Missing({ what: "redis-server" })))

const asked = (events: Array<string>) => (running: Running) =>
  Effect.sync(() => events.push(`${running.url} is asked`))

describe("rounds", () => {
  it.effect("give each contender a turn, start with another one each time, and freeze the others", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const all = ["a", "b"].map((name) => there(name, events))
      const field = yield* Rounds.assemble(load, all, asked(events))
      expect(events.splice(0)).toEqual(
        ["a", "b"].flatMap((name) => [`${name} starts`, `${name} is asked`, `${name} freezes`])
      )
      const results = yield* field.take(2, asked(events))
      expect(events).toEqual(
        ["a", "b", "b", "a"].flatMap((name) => [`${name} thaws`, `${name} is asked`, `${name} freezes`])
      )
      expect([...results.keys()]).toEqual(["a", "b"])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("start each contender for its turn, and end it before the next one", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const all = ["a", "b"].map((name) => there(name, events))
      yield* Rounds.afresh(load, all, 2, asked(events))
      expect(events).toEqual(
        ["a", "b", "b", "a"].flatMap((name) => [`${name} starts`, `${name} is asked`, `${name} ends`])
      )
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("skip contenders that this machine lacks, and name them", () =>
    Effect.gen(function* () {
      const all = [there("a", []), notThere("b")]
      const left = ["Left out, as this machine has no redis-server: b"]
      const { results, missing } = yield* Rounds.afresh(load, all, 2, () => Effect.succeed(1))
      expect([...results]).toEqual([["a", [1, 1]]])
      expect(missing).toEqual(left)
      const field = yield* Rounds.assemble(load, all, () => Effect.void)
      expect([...(yield* field.take(2, () => Effect.succeed(1)))]).toEqual([["a", [1, 1]]])
      expect(field.missing).toEqual(left)
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
