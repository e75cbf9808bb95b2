/** `usher selftest`: test this configuration on this machine, with a scratch database and an emulated MeltingSpot. */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { SecureRandom } from "effect/crypto"
import { Expressions } from "@usher/engine"
import { Reported } from "../support/exit.ts"
import { configFlag, intFlag, jsonFlag, quiet, switchFlag } from "../support/flags.ts"

const count = (name: string, maximum: number, initial: number, description: string) =>
  intFlag(name, { minimum: 1, maximum }).pipe(
    Flag.withDefault(initial),
    Flag.withDescription(`${description}. Default: ${initial}`)
  )

export const selftest = Command.make(
  "selftest",
  {
    config: configFlag,
    deliveries: count("deliveries", 100_000, 200, "Number of deliveries to send and time"),
    concurrency: count("concurrency", 256, 8, "Number of concurrent deliveries"),
    crash: switchFlag(
      "crash",
      "Then kill the relay (SIGKILL) after it reads a delivery, after it commits one, and after it calls MeltingSpot, and restart it each time"
    ),
    rounds: count("rounds", 1_000, 10, "With --crash: the number of kills"),
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
    "Send signed deliveries through a relay with this configuration, a scratch database and an emulated MeltingSpot. Reports how fast the relay acknowledges, and whether each delivery becomes exactly one invitation. Exit code 0 if so, 1 if not"
  ),
  Command.withExamples([
    { command: "usher selftest --config usher.yaml --crash", description: "Also kill the relay ten times" }
  ]),
  Command.provide(Layer.mergeAll(NodeHttpClient.layerUndici, SecureRandom.layerWebCrypto, Expressions.layer))
)
