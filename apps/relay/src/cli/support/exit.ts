/** How a command ends: with success, stopped before its end, or by its error. */
import { Cause, Console, Data, Effect, Exit, Runtime } from "effect"
import { exitCodes } from "./exitCodes.ts"
import { codeOf, sentence } from "./failure.ts"

/** The command failed, and has printed why. */
export class Reported extends Data.TaggedError("Reported") {
  override readonly [Runtime.errorReported] = false
}

/** Errors are one sentence for a person; only a defect shows where it comes from. */
export const report = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  if (Cause.hasDies(cause)) return Console.error(Cause.pretty(cause))
  const error = Cause.squash(cause)
  const isSaid = typeof error === "object" && error !== null && Runtime.errorReported in error
  return isSaid ? Effect.void : Console.error(sentence(error))
}

/** For what runs until it is asked to stop (SIGTERM, SIGINT): then it has done what it was asked to. */
export const untilStopped = Effect.onInterrupt(() => Effect.sync(() => (process.exitCode = 0)))

/** Whatever else was stopped before its end has failed. */
export const teardown: Runtime.Teardown = (exit, onExit) => {
  if (Exit.isSuccess(exit)) return onExit(exitCodes.done.code)
  if (Cause.hasInterruptsOnly(exit.cause))
    return onExit(process.exitCode === 0 ? exitCodes.done.code : exitCodes.stopped.code)
  return onExit(codeOf(Cause.squash(exit.cause)))
}
