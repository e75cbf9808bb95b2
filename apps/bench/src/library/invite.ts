/**
 * Compares `LiveParticipants.invite` with undici alone: calls to an upstream in its own process, in rounds in which all take
 * turns. A ratio of 1 is as fast as undici.
 *
 *     npx -y pnpm@12.21.0 bench:library
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Duration, Effect } from "effect"
import * as usher from "../contenders/usher.ts"
import * as markdown from "../report/markdown.ts"
import { figure, median, ratio, spread, whole } from "../report/statistics.ts"
import { inTurn } from "../Rounds.ts"
import { ways } from "./ways.ts"

const rounds = 21
/** The least ratio that `invite` should reach. */
const target = 0.5
const loads = [
  { concurrency: 1, calls: 250 },
  { concurrency: 32, calls: 1_000 }
]

const program = Effect.gen(function* () {
  const baseUrl = yield* usher.upstream
  for (const { concurrency, calls } of loads) {
    const all = yield* ways(baseUrl, concurrency)
    for (const { run } of all) yield* run(calls, concurrency)
    const results = yield* inTurn(all, rounds, ({ run }) =>
      Effect.map(Effect.timed(run(calls, concurrency)), ([took]) => (calls * 1_000) / Duration.toMillis(took))
    )
    const undici = results.get("undici") ?? []
    yield* Console.log(
      markdown.table({
        head: [`${concurrency} at a time, ${rounds} rounds`, "ratio", "calls/s", "µs a call"],
        rows: Array.from(results, ([name, rates]) => [
          name,
          figure(ratio(rates, undici)),
          spread(rates),
          whole(1e6 / median(rates))
        ])
      })
    )
    if (ratio(results.get("invite") ?? [], undici) < target)
      yield* Console.log(`invite is below the target of ${target}.`)
  }
})

await program.pipe(
  Effect.scoped,
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer]),
  Effect.runPromise
)
