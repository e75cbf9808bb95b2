/** Many fibers share one transaction, and so the cost of its fsync: docs/decisions/0007-group-commit.md */
import { Array, Clock, Deferred, Duration, Effect, Exit, Fiber, Latch } from "effect"

export interface Options<A, B, C, E> {
  /** What a call gets of its part of a commit's results. */
  readonly resultOf: (committed: B) => Exit.Exit<C, E>
  /** What one commit carries at the most, or one call that is more alone. */
  readonly max?: number | undefined
  /** How much of that a call is. Default: 1. */
  readonly sizeOf?: ((item: A) => number) | undefined
  /** Is told how each commit has ended. */
  readonly onExit?: ((exit: Exit.Exit<unknown, E>) => void) | undefined
  /** How long a call may wait for its result. Default: as long as it takes. What has given up is not committed any more. */
  readonly patience?: Duration.Input | undefined
  /** What a call fails with that has waited too long, or whose commit has. */
  readonly late: () => E
}

/** How often it is looked who has waited too long, while somebody waits. */
const pace = Duration.millis(250)

/** In nanoseconds: so long does a call wait for others to come along. */
const longestGathering = 2_000_000n

/** In nanoseconds. A database that is gone without a word would be waited for until the network gives up, which takes minutes. */
const longestCommit = 5_000_000_000n

/**
 * Makes a function whose concurrent calls are gathered and committed together, `max` at the most. Each call gets its
 * own result; if the commit fails, all of its calls fail with its cause. When the scope closes, what was called before
 * is still committed.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, C, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  { resultOf, onExit, late, max = 256, sizeOf = () => 1, patience = Duration.infinity }: Options<A, B, C, E>
) {
  interface Call {
    readonly item: A
    readonly since: bigint
    readonly done: Deferred.Deferred<C, E>
  }
  /** In the order of arrival. Arrays instead of a `Set`, whose old tables keep the new ones alive. */
  const queue: Array<Call> = []
  let underWay:
    | {
        readonly batch: ReadonlyArray<Call>
        readonly fiber: Fiber.Fiber<ReadonlyArray<B>, E>
        readonly since: bigint
      }
    | undefined
  let isClosed = false
  /** Open while the queue has somebody, and for good once the scope has closed. */
  const called = yield* Latch.make()
  /** Open while there is something to look after. */
  const busy = yield* Latch.make()
  /** In nanoseconds. */
  const longestWait = Duration.toMillis(patience) * 1e6

  const isWaiting = ({ done }: Call) => !Deferred.isDoneUnsafe(done)

  /** How many of the queue go with the next commit. */
  const fitting = () => {
    let size = 0
    const beyond = queue.findIndex(({ item }, index) => (size += sizeOf(item)) > max && index > 0)
    return beyond === -1 ? queue.length : beyond
  }

  const refuseLate = (calls: ReadonlyArray<Call>, now: bigint) => {
    for (const call of calls) {
      if (now - call.since < longestWait) return
      if (isWaiting(call)) Deferred.doneUnsafe(call.done, Exit.fail(late()))
    }
  }

  /** One clock for all: a timer for each commit would cost as much as a row. */
  const watch = Effect.gen(function* () {
    yield* busy.await
    yield* Effect.sleep(pace)
    const now = yield* Clock.monotonicTimeNanos
    if (underWay !== undefined) refuseLate(underWay.batch, now)
    refuseLate(queue, now)
    if (underWay !== undefined && now - underWay.since >= longestCommit) underWay.fiber.interruptUnsafe()
    if (queue.length === 0 && underWay === undefined) busy.closeUnsafe()
  })

  /**
   * Whoever calls in this turn of the event loop comes along, and in the next ones, as long as each brings somebody. While
   * calls come one by one, a commit for each few of them would take all the time that there is.
   */
  const gather = Effect.gen(function* () {
    let known: number
    let now: bigint
    do {
      known = queue.length
      yield* Effect.yieldNow
      now = yield* Clock.monotonicTimeNanos
    } while (queue.length > known && now - (queue[0]?.since ?? now) < longestGathering)
    return now
  })

  const flush = Effect.gen(function* () {
    const now = yield* gather
    refuseLate(queue, now)
    const batch = queue.splice(0, fitting()).filter(isWaiting)
    if (queue.length === 0 && !isClosed) called.closeUnsafe()
    if (!Array.isReadonlyArrayNonEmpty(batch)) return
    const fiber = yield* Effect.forkDetach(commit(Array.map(batch, ({ item }) => item)), {
      startImmediately: true
    })
    underWay = { batch, fiber, since: now }
    const exit = yield* Fiber.await(fiber)
    underWay = undefined
    onExit?.(exit)
    for (const [index, call] of batch.entries()) {
      // A commit gives a result for each call.
      const result = Exit.isSuccess(exit)
        ? resultOf(exit.value[index] as B)
        : Exit.hasInterrupts(exit)
          ? Exit.fail(late())
          : Exit.failCause(exit.cause)
      // Who was refused meanwhile stays so.
      Deferred.doneUnsafe(call.done, result)
    }
  })

  // Not interrupted but ended, so that nobody waits for a commit that never comes.
  const committer = yield* Effect.forkDetach(
    Effect.whileLoop({
      while: () => !isClosed || queue.length > 0,
      body: () => Effect.andThen(called.await, flush),
      step: () => {}
    })
  )
  const watcher = yield* Effect.forkDetach(Effect.forever(watch))
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      isClosed = true
      called.openUnsafe()
      return Fiber.await(committer)
    }).pipe(Effect.andThen(Fiber.interrupt(watcher)))
  )

  return (item: A): Effect.Effect<C, E> =>
    Clock.clockWith((clock) => {
      if (isClosed) return Effect.interrupt
      const done = Deferred.makeUnsafe<C, E>()
      queue.push({ item, since: clock.monotonicTimeNanosUnsafe(), done })
      called.openUnsafe()
      busy.openUnsafe()
      return Deferred.await(done)
    })
})
