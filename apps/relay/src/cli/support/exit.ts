/** How a command ends: 0 when it did what it was asked to, 130 when it was stopped before, else by what went wrong. */
import { Cause, Console, Data, Effect, Exit, Runtime } from "effect"
import { codeOf, sentence } from "./failure.ts"

/** Ends with exit code 1; what there was to say is printed already. */
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
  if (Exit.isSuccess(exit)) return onExit(0)
  if (Cause.hasInterruptsOnly(exit.cause)) return onExit(process.exitCode === 0 ? 0 : 130)
  return onExit(codeOf(Cause.squash(exit.cause)))
}
