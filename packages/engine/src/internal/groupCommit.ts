/** Many fibers write, one transaction carries them: the cost of an fsync is shared. */
import { type Array, Deferred, Effect, Exit, Queue } from "effect"

/**
 * Makes a function whose concurrent calls are gathered and committed together, `max` at the most. Each call gets its
 * own result; if the commit fails, all of its calls fail with its cause.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  max = 256
) {
  const queue = yield* Queue.make<{ readonly item: A; readonly done: Deferred.Deferred<B, E> }>()

  const flush = Effect.gen(function* () {
    const batch = yield* Queue.takeBetween(queue, 1, max)
    const [first, ...rest] = batch
    if (first === undefined) return
    const exit = yield* Effect.exit(commit([first.item, ...rest.map(({ item }) => item)]))
    for (const [index, { done }] of batch.entries()) {
      const result = Exit.map(exit, (results) => results[index])
      Deferred.doneUnsafe(done, result as Exit.Exit<B, E>)
    }
  })

  yield* Effect.forkScoped(Effect.forever(Effect.uninterruptible(flush)))

  return (item: A): Effect.Effect<B, E> =>
    Effect.suspend(() => {
      const done = Deferred.makeUnsafe<B, E>()
      Queue.offerUnsafe(queue, { item, done })
      return Deferred.await(done)
    })
})
