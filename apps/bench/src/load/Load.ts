/** The load generator, as the scenarios see it. */
import { Effect, Schema } from "effect"
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { type Job, type Message, Result } from "./Job.ts"

export interface Load {
  /** Tries until a delivery is accepted; when that was, by the clock of the machine in milliseconds. */
  readonly first: (url: string) => Effect.Effect<number>
  /** One at a time. */
  readonly run: (job: Job) => Effect.Effect<Result>
}

const file = fileURLToPath(new URL("generator.ts", import.meta.url))

const First = Schema.Struct({ at: Schema.Finite })

const Refusal = Schema.Struct({ error: Schema.String })
const isRefusal = Schema.is(Refusal)

/** Lives as long as the scope. */
export const make = Effect.gen(function* () {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => fork(file, { execArgv: ["--no-warnings"] })),
    (child) => Effect.sync(() => child.kill("SIGKILL"))
  )
  const ask = Effect.fnUntraced(function* <A>(message: Message, answer: Schema.Decoder<A>) {
    yield* Effect.sync(() => child.send(message))
    const [told] = yield* Effect.promise((): Promise<Array<unknown>> =>
      Promise.race([
        once(child, "message"),
        once(child, "exit").then(() => [{ error: "the load generator ended" }])
      ])
    )
    if (isRefusal(told)) return yield* Effect.die(new Error(told.error))
    return yield* Effect.orDie(Schema.decodeUnknownEffect(answer)(told))
  })
  const load: Load = {
    first: (url) => Effect.map(ask({ kind: "first", url }, First), ({ at }) => at),
    run: (job) => ask({ kind: "run", job }, Result)
  }
  return load
})
