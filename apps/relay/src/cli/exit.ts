/** How a command ends: 0 when it did what it was asked to, 1 when it did not, 130 when it was stopped before. */
import { Cause, Config, Console, Data, Effect, Exit, Runtime, Schema } from "effect"
import { describe } from "../config/Mistakes.ts"

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

const sentence = (error: unknown): string => {
  if (error instanceof Config.ConfigError && Schema.isSchemaError(error.cause)) {
    return `These environment variables are missing or wrong:\n  ${describe(error.cause.issue).join("\n  ")}`
  }
  if (!(error instanceof Error)) return String(error)
  // Some errors are mere wrappings, such as the server's when its port is taken.
  return error.message === "" && error.cause !== undefined ? sentence(error.cause) : error.message
}

/** For what runs until it is asked to stop (SIGTERM, SIGINT): then it has done what it was asked to. */
export const untilStopped = Effect.onInterrupt(() => Effect.sync(() => (process.exitCode = 0)))

/** Whatever else was stopped before its end has failed. */
export const teardown: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)
    ? onExit(process.exitCode === 0 ? 0 : 130)
    : Runtime.defaultTeardown(exit, onExit)
