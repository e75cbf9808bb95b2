/** Reloads the configuration on SIGHUP. */
import { Effect, Exit, Layer, Queue } from "effect"
import { Troubles } from "@usher/engine"
import * as AuditLog from "@usher/admin/AuditLog"
import { describe, Reload } from "./Reload.ts"

const signal = { name: "SIGHUP", via: "config", ip: null } as const

/** Signals during a reload cause one further reload. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const { reload } = yield* Reload
    const audit = yield* AuditLog.AuditLog
    // A failure to record the reload does not prevent it.
    const record = (exit: Exit.Exit<string, unknown>) =>
      Troubles.attempt(
        "Recording a reload",
        audit.record(
          signal,
          "upkeep.reload",
          {},
          AuditLog.resultOf(exit, (done) => done)
        )
      )
    const recorded = reload.pipe(Effect.map(describe), Effect.onExit(record), Effect.ignore)
    const signals = yield* Queue.sliding<"SIGHUP">(1)
    const listener = (signal: "SIGHUP") => void Queue.offerUnsafe(signals, signal)
    yield* Effect.acquireRelease(
      Effect.sync(() => process.on("SIGHUP", listener)),
      () => Effect.sync(() => process.off("SIGHUP", listener))
    )
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Queue.take(signals), recorded)))
  })
)
