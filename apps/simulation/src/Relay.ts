/** A relay process: the engine's receiver, mapper, dispatcher and purge over one file, as in `RelaySqlite`. */
import { Effect, Exit, Layer, Schema, Scope } from "effect"
import { HttpClient, HttpRouter } from "effect/http"
import { MeltingSpotServer } from "@usher/core/testing"
import {
  Dispatcher,
  Events,
  InboxSql,
  Leadership,
  Mapper,
  OperationsSql,
  Purging,
  Quarantine,
  Receiver,
  Signals,
  Source,
  SourcePausesSql,
  Sources,
  SpotControlSql,
  Spots,
  StoreSql,
  Troubles
} from "@usher/engine"
import { Secret, Senders } from "@usher/signatures"
import { SqliteClient } from "@usher/sqlite"
import type { Disk } from "./Disk.ts"
import type { Settings } from "./Settings.ts"
import type { Machine } from "./Time.ts"
import { secretKey, type Upstream } from "./Upstream.ts"
import type { Process, World } from "./World.ts"

export const secret = "whsec_dGhlIHNlY3JldCBvZiB0aGUgc2VuZGVycw=="

/** The body of a webhook. */
export const SignUp = Schema.Struct({ live: Schema.String, emails: Schema.Array(Schema.String) })

/** Signatures of `form` do not expire. Those of `flash` are valid for five minutes, and its invitations expire. */
export const senders = { form: Senders.of("github"), flash: Senders.of("standard-webhooks") }

export type SourceName = keyof typeof senders

const sources = ({ expires }: Settings) =>
  Effect.all(
    (["form", "flash"] as const).map((name) =>
      Source.make({
        name,
        sender: senders[name],
        secrets: [Secret.make(secret)],
        spot: "main",
        events: "all",
        expires: name === "flash" ? expires : undefined,
        schema: SignUp,
        invitations: ({ live, emails }) => emails.map((member) => ({ liveId: live, member }))
      })
    )
  )

/** Loses some of the signals. */
const layerSignals = (world: World, lost: number) =>
  Layer.effect(
    Signals.Signals,
    Effect.map(Signals.Signals, (signals) => {
      const chance = world.seed.fork(3)
      return Signals.Signals.of({
        ...signals,
        publish: (signal) => (chance.chance(lost) ? Effect.void : signals.publish(signal))
      })
    })
  ).pipe(Layer.provide(Signals.layerLocal))

export interface Parts {
  readonly world: World
  readonly disk: Disk
  readonly upstream: Upstream
  readonly settings: Settings
  readonly machine: Machine
}

/** Starts all services of a relay. */
const program = Effect.fnUntraced(function* ({ world, disk, upstream, settings }: Parts, process: Process) {
  const scope = yield* Scope.make()
  const storage = Leadership.layerAlone.pipe(
    Layer.provideMerge([SpotControlSql.layer, SourcePausesSql.layer, InboxSql.layer, OperationsSql.layer]),
    Layer.provideMerge(StoreSql.layer),
    Layer.provideMerge([
      Events.layerNone,
      Quarantine.layerNone,
      layerSignals(world, settings.lostSignals),
      SqliteClient.layer({ filename: disk.file }),
      Layer.succeed(Troubles.Troubles, Troubles.make()),
      Layer.succeed(HttpClient.HttpClient, upstream.clientOf(process))
    ])
  )
  const services = yield* Layer.buildWithScope(storage, scope)
  const { budget, concurrency, batchSize, timeout, retry, retention } = settings
  // `Relay.layer` without the gauges, which only read.
  const relay = Layer.mergeAll(
    Receiver.layer({ publicUrl: "https://hooks.example.com" }),
    Mapper.layer,
    Dispatcher.layer(),
    Purging.layer({ webhooks: retention, invitations: retention })
  ).pipe(
    Layer.provide([
      Spots.layer(new Map([["main", { secretKey, budget, concurrency, batchSize, timeout, retry }]])),
      Sources.layer(Sources.byName(yield* sources(settings)))
    ])
  )
  const handle = yield* HttpRouter.toHttpEffect(relay).pipe(
    Effect.provideContext(services),
    Effect.provideService(Scope.Scope, scope)
  )
  return { client: MeltingSpotServer.httpClientOf(handle), services, stop: Scope.close(scope, Exit.void) }
})

export type Relay = Exclude<Awaited<ReturnType<typeof start>>, undefined>

/** Starts a relay. Undefined if it was killed during the start, or failed to start. */
export const start = async (parts: Parts, name: string) => {
  const { world, disk, upstream, machine } = parts
  const process = world.start(name, machine)
  world.trace.note(name, "starts")
  const kill = () => {
    world.kill(process)
    upstream.hangUp(process)
    disk.close(process)
  }
  const exit = await world.evaluate(process, program(parts, process))
  if (exit === undefined) return undefined
  if (Exit.isFailure(exit)) {
    world.trace.note(name, `does not start: ${String(exit.cause)}`)
    kill()
    return undefined
  }
  return { process, kill, ...exit.value }
}
