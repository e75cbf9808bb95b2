/** Many fibers write, one transaction carries them: the cost of an fsync is shared. */
import { type Array, type Cause, Deferred, Effect, Exit, Fiber, Queue } from "effect"

/**
 * Makes a function whose concurrent calls are gathered and committed together, `max` at the most. Each call gets its
 * own result; if the commit fails, all of its calls fail with its cause. When the scope closes, what was called before
 * is still committed.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  max = 256
) {
  const queue = yield* Queue.make<{ readonly item: A; readonly done: Deferred.Deferred<B, E> }, Cause.Done>()

  const flush = Effect.gen(function* () {
    const batch = yield* Queue.takeBetween(queue, 1, max)
    const [first, ...rest] = batch
    if (first === undefined) return
    const exit = yield* Effect.exit(commit([first.item, ...rest.map(({ item }) => item)]))
    for (let index = 0; index < batch.length; index++) {
      const result = Exit.isSuccess(exit) ? Exit.succeed(exit.value[index]) : exit
      const done = batch[index]?.done
      if (done !== undefined) Deferred.doneUnsafe(done, result as Exit.Exit<B, E>)
    }
  })

  // Not interrupted but ended, so that nobody waits for a commit that never comes.
  const committer = yield* Effect.forkDetach(Effect.forever(flush))
  yield* Effect.addFinalizer(() => Effect.andThen(Queue.end(queue), Fiber.await(committer)))

  return (item: A): Effect.Effect<B, E> =>
    Effect.suspend(() => {
      const done = Deferred.makeUnsafe<B, E>()
      return Queue.offerUnsafe(queue, { item, done }) ? Deferred.await(done) : Effect.interrupt
    })
})
