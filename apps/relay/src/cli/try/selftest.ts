/** `usher selftest`: what this configuration does on this machine, proved on a store and an upstream of the test's own. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, Effect, Layer, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { SecureRandom } from "effect/crypto"
import { Expressions } from "@usher/engine"
import { Reported } from "../support/exit.ts"
import { configFlag, jsonFlag, quiet } from "../support/flags.ts"

const count = (name: string, most: number, usual: number, description: string) =>
  Flag.Int(name).pipe(
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: most }))),
    Flag.withDefault(usual),
    Flag.withDescription(`${description}. Default: ${usual}`)
  )

export const selftest = Command.make(
  "selftest",
  {
    config: configFlag,
    deliveries: count("deliveries", 100_000, 200, "How many are sent and timed"),
    concurrency: count("concurrency", 256, 8, "How many of them at a time"),
    crash: Flag.Boolean("crash").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Then kill the relay (SIGKILL) after it has read, after it has committed, and after it has called MeltingSpot, and start it again"
      )
    ),
    rounds: count("rounds", 1_000, 10, "How often it is killed, with --crash"),
    json: jsonFlag
  },
  Effect.fnUntraced(function* ({ config, crash, rounds, json, ...options }) {
    // The emulated MeltingSpot and the trials are loaded for this command alone.
    const Selftest = yield* Effect.promise(() => import("../../selftest/Selftest.ts"))
    const { describe } = yield* Effect.promise(() => import("./selftestReport.ts"))
    const report = yield* quiet(
      Selftest.run(config, { ...options, rounds: crash ? rounds : 0, say: (line) => Console.error(line) })
    )
    const isGood = Selftest.isGood(report)
    yield* Console.log(json ? JSON.stringify({ ...report, ok: isGood }) : describe(report))
    if (!isGood) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Send signed deliveries through a relay with this configuration, on a scratch store and before an emulated MeltingSpot: how fast they are acknowledged, and whether each becomes exactly one invitation. Exit code 0 only if so"
  ),
  Command.withExamples([
    { command: "usher selftest --config usher.yaml --crash", description: "Also kill it ten times" }
  ]),
  Command.provide(Layer.mergeAll(NodeHttpClient.layerUndici, SecureRandom.layerWebCrypto, Expressions.layer))
)
