/** The end of a command: success, an interruption or an error. */
import { Cause, Console, Data, Effect, Exit, Predicate, Runtime } from "effect"
import { exitCodes } from "./exitCodes.ts"
import { codeOf, sentence } from "./failure.ts"

/** The command failed, and has printed why. */
export class Reported extends Data.TaggedError("Reported") {
  override readonly [Runtime.errorReported] = false
}

/** Prints an error as one sentence, and a defect with its stack trace. */
export const report = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.hasInterruptsOnly(cause)) return Effect.void
  if (Cause.hasDies(cause)) return Console.error(Cause.pretty(cause))
  const error = Cause.squash(cause)
  return Predicate.hasProperty(error, Runtime.errorReported) ? Effect.void : Console.error(sentence(error))
}

/** For commands that run until they are stopped (SIGTERM, SIGINT): stopping them is a success. */
export const untilStopped = Effect.onInterrupt(() => Effect.sync(() => (process.exitCode = 0)))

/** Sets the exit code. Stopping any other command is a failure. */
export const teardown: Runtime.Teardown = (exit, onExit) => {
  if (Exit.isSuccess(exit)) return onExit(exitCodes.done.code)
  if (Cause.hasInterruptsOnly(exit.cause))
    return onExit(process.exitCode === 0 ? exitCodes.done.code : exitCodes.stopped.code)
  return onExit(codeOf(Cause.squash(exit.cause)))
}

/** Ends the process without a message once the reader of its output has gone, as in `usher webhooks list | head`. */
export const endWithReader = () => {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      if (!Predicate.hasProperty(error, "code") || error.code !== "EPIPE") throw error
      process.exit(exitCodes.unread.code)
    })
  }
}
