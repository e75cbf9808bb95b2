import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Contender, Missing } from "../src/Contender.ts"
import type { Load } from "../src/load/Load.ts"
import * as Rounds from "../src/Rounds.ts"

const load: Load = {
  turn: Effect.void,
  first: () => Effect.succeed(0),
  run: () => Effect.die("nothing is to be run")
}

const contender = (name: string, start: Contender["start"]): Contender => ({
  name,
  durability: "",
  isDurable: true,
  start
})

const there = (name: string, ended: Array<string>) =>
  contender(
    name,
    Effect.acquireRelease(
      Effect.succeed({
        url: name,
        pid: 0,
        startedAt: 0,
        said: Effect.succeed(""),
        kill: Effect.void,
        stop: Effect.void
      }),
      () => Effect.sync(() => ended.push(name))
    )
  )

describe("rounds", () => {
  it.effect("give everybody a turn, begin with another each time, and end each before the next", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      const all = ["a", "b"].map((name) => there(name, events))
      const { results } = yield* Rounds.take(load, all, 2, ({ url }) =>
        Effect.sync(() => events.push(url.toUpperCase()))
      )
      expect(events).toEqual(["A", "a", "B", "b", "B", "b", "A", "a"])
      expect([...results.keys()]).toEqual(["a", "b"])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("leave out what a machine does not have, and name it", () =>
    Effect.gen(function* () {
      const all = [there("a", []), contender("b", Effect.fail(new Missing({ what: "redis-server" })))]
      const { results, missing } = yield* Rounds.take(load, all, 2, () => Effect.succeed(1))
      expect([...results]).toEqual([["a", [1, 1]]])
      expect(missing).toEqual(["Left out, as this machine has no redis-server: b"])
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
