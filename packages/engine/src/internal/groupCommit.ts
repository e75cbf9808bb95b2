/** Many fibers write, one transaction carries them: the cost of an fsync is shared. */
import { type Array, type Cause, Clock, Deferred, Duration, Effect, Exit, Fiber, Queue } from "effect"

export interface Options<E> {
  /** Of one commit. */
  readonly max?: number | undefined
  /** How long a call may wait for its result. Default: as long as it takes. What has given up is not committed any more. */
  readonly patience?: Duration.Input | undefined
  /** What a call fails with that has waited too long, or whose commit has. */
  readonly late: () => E
}

/** How often it is looked who has waited too long, while a commit is under way. */
const pace = Duration.millis(250)

/** A database that is gone without a word would be waited for until the network gives up, which takes minutes. */
const longestCommit = Duration.seconds(5)

/**
 * Makes a function whose concurrent calls are gathered and committed together, `max` at the most. Each call gets its
 * own result; if the commit fails, all of its calls fail with its cause. When the scope closes, what was called before
 * is still committed.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  { late, max = 256, patience = Duration.infinity }: Options<E>
) {
  interface Call {
    readonly item: A
    readonly since: number
    readonly done: Deferred.Deferred<B, E>
  }
  const queue = yield* Queue.make<Call, Cause.Done>()
  /** In the order in which they came. */
  const waiting = new Set<Call>()
  const longestWait = Duration.toMillis(patience)

  const end = (call: Call, result: Exit.Exit<B, E>) => {
    waiting.delete(call)
    Deferred.doneUnsafe(call.done, result)
  }

  const refuseLate = Effect.map(Clock.currentTimeMillis, (now) => {
    for (const call of waiting) {
      if (now - call.since < longestWait) return
      end(call, Exit.fail(late()))
    }
  })

  const refusing = Effect.forever(Effect.andThen(Effect.sleep(pace), refuseLate))

  const flush = Effect.gen(function* () {
    const taken = yield* Queue.takeBetween(queue, 1, max)
    yield* refuseLate
    const batch = taken.filter((call) => waiting.has(call))
    const [first, ...rest] = batch
    if (first === undefined) return
    const exit = yield* commit([first.item, ...rest.map(({ item }) => item)]).pipe(
      Effect.timeoutOrElse({ duration: longestCommit, orElse: () => Effect.fail(late()) }),
      Effect.raceFirst(refusing),
      Effect.exit
    )
    for (const [index, call] of batch.entries()) {
      const result = Exit.isSuccess(exit) ? Exit.succeed(exit.value[index]) : exit
      end(call, result as Exit.Exit<B, E>)
    }
  })

  // Not interrupted but ended, so that nobody waits for a commit that never comes.
  const committer = yield* Effect.forkDetach(Effect.forever(flush))
  yield* Effect.addFinalizer(() => Effect.andThen(Queue.end(queue), Fiber.await(committer)))

  return (item: A): Effect.Effect<B, E> =>
    Clock.clockWith((clock) => {
      const call: Call = { item, since: clock.currentTimeMillisUnsafe(), done: Deferred.makeUnsafe<B, E>() }
      if (!Queue.offerUnsafe(queue, call)) return Effect.interrupt
      waiting.add(call)
      return Deferred.await(call.done)
    })
})
