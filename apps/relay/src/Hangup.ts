/** SIGHUP asks for the configuration to be read again. */
import { Effect, Layer, Queue } from "effect"
import { Reload } from "./config/Reload.ts"

/** For as long as it lives. Signals that come while one is attended to are one. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { reload } = yield* Reload
    const signals = yield* Queue.sliding<"SIGHUP">(1)
    const listener = (signal: "SIGHUP") => void Queue.offerUnsafe(signals, signal)
    yield* Effect.acquireRelease(
      Effect.sync(() => process.on("SIGHUP", listener)),
      () => Effect.sync(() => process.off("SIGHUP", listener))
    )
    // What came of it is in the log.
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Queue.take(signals), Effect.ignore(reload))))
  })
)
