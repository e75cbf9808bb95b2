/**
 * What `LiveParticipants.invite` costs beside undici alone: calls to a bare `node:http` stub in another thread, in
 * rounds in which everybody takes a turn. Medians are compared; a ratio of 1 is as fast as undici.
 *
 *     pnpm --filter @usher/core bench
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Clock, Console, Effect } from "effect"
import { type Contender, contenders } from "./contenders.ts"
import { stub } from "./stub.ts"

const rounds = 21
const target = 0.5
const loads = [
  { concurrency: 1, calls: 250, seconds: 24 },
  { concurrency: 32, calls: 1_000, seconds: 30 }
]

const quantile = (sorted: ReadonlyArray<number>, q: number): number =>
  sorted[Math.round((sorted.length - 1) * q)] ?? Number.NaN

const now = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos) / 1e9)

interface Turns extends Contender {
  /** Calls in a second, one for each round. */
  readonly rates: Array<number>
}

const takeTurns = Effect.fnUntraced(function* (
  turns: ReadonlyArray<Turns>,
  { calls, concurrency, seconds }: (typeof loads)[number]
) {
  for (const { run } of turns) yield* run(calls, concurrency)
  const end = (yield* now) + seconds
  for (let round = 0; round < rounds && (yield* now) < end; round++) {
    for (let place = 0; place < turns.length; place++) {
      const turn = turns[(round + place) % turns.length]
      if (turn === undefined) continue
      const start = yield* now
      yield* turn.run(calls, concurrency)
      turn.rates.push(calls / ((yield* now) - start))
    }
  }
})

const print = Effect.fnUntraced(function* (turns: ReadonlyArray<Turns>, concurrency: number) {
  yield* Console.log(`\n${concurrency} at once, ${turns[0]?.rates.length} rounds`)
  yield* Console.log("ratio   lower to upper quartile   calls/s    us/call")
  for (const { name, rates } of turns) {
    /** Against undici's turn of the same round, so that what slows the machine for a while slows both. */
    const ratios = rates
      .map((rate, round) => rate / (turns[0]?.rates[round] ?? Number.NaN))
      .sort((a, b) => a - b)
    const rate = quantile(
      [...rates].sort((a, b) => a - b),
      0.5
    )
    const cells = [
      quantile(ratios, 0.5).toFixed(2).padEnd(8),
      `${quantile(ratios, 0.25).toFixed(2)} to ${quantile(ratios, 0.75).toFixed(2)}`.padEnd(26),
      rate.toFixed(0).padEnd(11),
      (1e6 / rate).toFixed(0).padEnd(9),
      name
    ]
    yield* Console.log(cells.join(""))
    if (name === "invite" && quantile(ratios, 0.5) < target) {
      yield* Console.log(`        ^ below the target of ${target}`)
    }
  }
})

const program = Effect.gen(function* () {
  const baseUrl = yield* stub
  for (const load of loads) {
    const turns = (yield* contenders(baseUrl, load.concurrency)).map(({ name, run }) => ({
      name,
      run,
      rates: new Array<number>()
    }))
    yield* takeTurns(turns, load)
    yield* print(turns, load.concurrency)
  }
})

await Effect.runPromise(Effect.scoped(Effect.provide(program, NodeHttpClient.layerUndici)))
