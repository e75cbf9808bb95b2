/** Runs effects as promises, until the client is closed or a signal aborts. */
import { Cause, Context, Effect, Exit, Fiber, Option, Pull, References, Scope, Stream } from "effect"
import { ClientClosedError } from "../InviteError.ts"

export interface Runner<E> {
  readonly run: <A>(effect: Effect.Effect<A, E>, signal?: AbortSignal) => Promise<A>
  readonly iterate: <A>(stream: Stream.Stream<A, E>, signal?: AbortSignal) => AsyncIterable<A>
  /** Aborts the running calls, and refuses later ones. */
  readonly close: () => Promise<void>
}

/** A library does not print. */
const runFork = Effect.runForkWith(Context.make(References.MinimumLogLevel, "None"))

/** `toError` makes the error that a caller catches. It runs where the caller waits, so that the stack leads there. */
export const makeRunner = <E>(toError: (failure: E) => Error): Runner<E> => {
  const client = Scope.makeUnsafe("parallel")

  const runIn = async <A>(
    scope: Scope.Scope,
    effect: Effect.Effect<A, E>,
    signal: AbortSignal | undefined
  ) => {
    signal?.throwIfAborted()
    if (scope.state._tag === "Closed") throw new ClientClosedError()
    const fiber = Fiber.runIn(runFork(effect, { signal }), scope)
    const exit = await Effect.runPromise(Fiber.await(fiber))
    if (Exit.isSuccess(exit)) return exit.value
    const failure = Cause.findErrorOption(exit.cause)
    if (Option.isSome(failure)) throw toError(failure.value)
    if (!Cause.hasInterruptsOnly(exit.cause)) throw Cause.squash(exit.cause)
    throw signal?.aborted ? signal.reason : new ClientClosedError()
  }

  async function* iterate<A>(stream: Stream.Stream<A, E>, signal: AbortSignal | undefined) {
    const scope = Scope.forkUnsafe(client, "parallel")
    let closing: Promise<void> | undefined
    const close = () => (closing ??= Effect.runPromise(Scope.close(scope, Exit.void)))
    // Calls may run between two results. Their errors are thrown where the loop ends.
    const abort = () => void close().catch(() => {})
    signal?.addEventListener("abort", abort, { once: true })
    try {
      const pull = await runIn(scope, Scope.provide(Stream.toPull(stream), scope), signal)
      const next = Pull.catchDone(Effect.asSome(pull), () => Effect.succeedNone)
      for (
        let chunk = await runIn(scope, next, signal);
        Option.isSome(chunk);
        chunk = await runIn(scope, next, signal)
      ) {
        yield* chunk.value
      }
    } finally {
      signal?.removeEventListener("abort", abort)
      await close()
    }
  }

  return {
    run: async (effect, signal) => await runIn(client, effect, signal),
    iterate: (stream, signal) => ({ [Symbol.asyncIterator]: () => iterate(stream, signal) }),
    close: () => Effect.runPromise(Scope.close(client, Exit.void))
  }
}
