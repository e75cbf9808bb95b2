/**
 * The self-test: checks that this configuration, on this machine and this kind of store, loses nothing, stores nothing twice
 * and invites nobody twice. It uses neither the real store nor the real MeltingSpot.
 */
import { Context, Data, Effect, FileSystem, Layer, Path, Redacted, Schema, Struct } from "effect"
import { SecureRandom } from "effect/crypto"
import { Faults, Ledger, Sandbox } from "@usher/sandbox"
import * as ConfigFile from "../config/ConfigFile.ts"
import { Config } from "../config/ConfigSchema.ts"
import * as Database from "../database/Database.ts"
import * as Server from "../server/Server.ts"
import * as Acknowledgement from "./Acknowledgement.ts"
import { derive } from "./configuration.ts"
import * as Crash from "./Crash.ts"
import * as Durability from "./Durability.ts"
import * as Scratch from "./Scratch.ts"
import * as Target from "./Target.ts"
import * as Trial from "./Trial.ts"
import * as Verdict from "./Verdict.ts"

export interface Options {
  readonly deliveries: number
  readonly concurrency: number
  /** The number of kills. */
  readonly rounds: number
  /** Prints the progress. */
  readonly say: (line: string) => Effect.Effect<void>
}

export interface Report {
  /** The configured database. The test used a scratch database beside it. */
  readonly database: string
  readonly durability: Durability.Durability
  readonly sources: ReadonlyArray<Pick<Target.Target, "source" | "sender" | "isMappedAsConfigured">>
  readonly leftOut: ReadonlyArray<Target.Unsuitable>
  readonly acknowledgement: Acknowledgement.Measured
  readonly crash: ReadonlyArray<Crash.Round>
  readonly verdict: Verdict.Verdict
}

export class NoSpot extends Data.TaggedError("NoSpot")<{ readonly message: string }> {}

/** Runs the self-test. Cleans up even after a failure or an interruption. */
export const run = Effect.fnUntraced(function* (file: string, options: Options) {
  const resolved = yield* ConfigFile.load(file)
  const document = yield* ConfigFile.parse(file)
  const config = yield* Effect.orDie(Schema.decodeUnknownEffect(Config)(document.value))
  const { leftOut, targets } = yield* targetsOf(file, resolved)

  const key = yield* secret
  const upstream = yield* Layer.build(Sandbox.layer({ secretKey: key }))
  const scratch = yield* Scratch.make(resolved.database)
  const derived = yield* derive(config, {
    publicUrl: resolved.relay.publicUrl,
    database: scratch.database,
    upstream: { url: yield* Effect.provide(Server.url, upstream), key },
    targets
  })
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const derivedFile = path.join(scratch.folder, "usher.json")
  yield* fs.writeFileString(derivedFile, derived.text)

  const durability = yield* Scratch.writing(scratch)(Durability.read)
  const trial = yield* Trial.make({
    scratch,
    file: derivedFile,
    environment: derived.environment,
    targets,
    ledger: Context.get(upstream, Ledger.Ledger),
    faults: Context.get(upstream, Faults.Faults)
  })
  yield* options.say(`${options.deliveries} deliveries, ${options.concurrency} at a time …`)
  const acknowledgement = yield* Acknowledgement.measure(trial, options.deliveries, options.concurrency)
  const crash = yield* Crash.run(trial, options.rounds, (number, { point, caught }) =>
    options.say(
      `Round ${number} of ${options.rounds}: killed ${point}, with ${caught} ${caught === 1 ? "delivery" : "deliveries"} at that point`
    )
  )
  yield* trial.settled
  const report: Report = {
    database: Database.describe(resolved.database),
    durability,
    sources: targets.map(Struct.pick(["source", "sender", "isMappedAsConfigured"])),
    leftOut,
    acknowledgement,
    crash,
    verdict: yield* trial.verdict
  }
  return report
}, Effect.scoped)

/** Whether every delivery is correct, and every kill hit its point. */
export const isGood = ({ acknowledgement, crash, verdict }: Report): boolean =>
  Verdict.isGood(verdict) &&
  Object.keys(acknowledgement.refused).length === 0 &&
  crash.every(({ gone, caught }) => gone === 0 && caught > 0)

const secret = Effect.map(
  Effect.flatMap(SecureRandom.SecureRandom, (random) => random.randomBytes(24)),
  (bytes) => Redacted.make(`whsec_${Buffer.from(bytes).toString("base64")}`)
)

/** The configured sources, and those of the test. */
const targetsOf = Effect.fnUntraced(function* (file: string, { relay, written }: ConfigFile.Resolved) {
  const found = yield* Effect.forEach(
    written.flatMap(({ made }) => made ?? []),
    (made) => Target.of(made, relay.publicUrl)
  )
  const [spot] = relay.spots.keys()
  if (spot === undefined) return yield* new NoSpot({ message: `${file} has no Spot to invite with` })
  const own = Target.own(spot, yield* secret, relay.publicUrl)
  return {
    leftOut: found.filter(Target.isUnsuitable),
    targets: [...found.filter(Target.isSuitable), ...own]
  }
})
