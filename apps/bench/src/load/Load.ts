/** Starts the load generator and sends it jobs. */
import { Effect, Schema } from "effect"
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { type Job, type Message, Result } from "./Job.ts"

export interface Load {
  /** Sends a delivery until it is accepted, and returns the time in milliseconds since 1970. */
  readonly first: (url: string) => Effect.Effect<number>
  /** Runs one job at a time. */
  readonly run: (job: Job) => Effect.Effect<Result>
}

const file = fileURLToPath(new URL("generator.ts", import.meta.url))

const First = Schema.Struct({ at: Schema.Finite })

const isRefusal = Schema.is(Schema.Struct({ error: Schema.String }))

/** Starts a generator until the scope closes. */
export const make = Effect.gen(function* () {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => fork(file, { execArgv: ["--no-warnings"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const ask = Effect.fnUntraced(function* <A>(message: Message, answer: Schema.Decoder<A>) {
    yield* Effect.sync(() => child.send(message))
    const [reply] = yield* Effect.promise((): Promise<Array<unknown>> =>
      Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => [{ error: "the load generator ended" }])
      ])
    )
    if (isRefusal(reply)) return yield* Effect.die(new Error(reply.error))
    return yield* Effect.orDie(Schema.decodeUnknownEffect(answer)(reply))
  })
  const load: Load = {
    first: (url) => Effect.map(ask({ kind: "first", url }, First), ({ at }) => at),
    run: (job) => ask({ kind: "run", job }, Result)
  }
  return load
})
