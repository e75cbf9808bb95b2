/** Lets concurrent fibers share one transaction, and so the cost of its fsync. docs/decisions/0007-group-commit.md */
import { Array, Clock, Deferred, Duration, Effect, Exit, Fiber, Latch } from "effect"

export interface Options<A, B, C, E> {
  /** The result of a call, from its part of the results of a commit. */
  readonly resultOf: (committed: B) => Exit.Exit<C, E>
  /** The maximum size of a commit. A single larger call commits alone. Default: 256. */
  readonly max?: number | undefined
  /** The size of a call. Default: 1. */
  readonly sizeOf?: ((item: A) => number) | undefined
  /** Called with the exit of each commit. */
  readonly onExit?: ((exit: Exit.Exit<unknown, E>) => void) | undefined
  /** How long a call waits for its result. Calls that gave up are not committed. Default: forever. */
  readonly timeout?: Duration.Input | undefined
  /** The error of a call that waited too long, or whose commit took too long. */
  readonly onTimeout: () => E
}

/** How often waiting calls are checked. */
const pace = Duration.millis(250)

/** In nanoseconds: how long a call waits for others to join. */
const maxGathering = 2_000_000n

/** In nanoseconds. With a database that disappears silently, the network gives up only after minutes. */
const commitTimeout = 5_000_000_000n

/**
 * Makes a function whose concurrent calls are committed together, at most `max` at a time. Each call gets its own
 * result. If the commit fails, all of its calls fail with its cause. When the scope closes, earlier calls are still
 * committed.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, C, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  {
    resultOf,
    onExit,
    onTimeout,
    max = 256,
    sizeOf = () => 1,
    timeout = Duration.infinity
  }: Options<A, B, C, E>
) {
  interface Call {
    readonly item: A
    readonly since: bigint
    readonly done: Deferred.Deferred<C, E>
  }
  /** In order of arrival. An array, because old tables of a `Set` keep new ones alive. */
  const queue: Array<Call> = []
  let underWay:
    | {
        readonly batch: ReadonlyArray<Call>
        readonly fiber: Fiber.Fiber<ReadonlyArray<B>, E>
        readonly since: bigint
      }
    | undefined
  let isClosed = false
  /** Open while the queue is not empty, and permanently once the scope has closed. */
  const called = yield* Latch.make()
  /** Open while calls wait or a commit runs. */
  const busy = yield* Latch.make()
  /** In nanoseconds. */
  const maxWait = Duration.toMillis(timeout) * 1e6

  const isWaiting = ({ done }: Call) => !Deferred.isDoneUnsafe(done)

  /** How many calls of the queue fit into the next commit. */
  const fitting = () => {
    let size = 0
    const beyond = queue.findIndex(({ item }, index) => (size += sizeOf(item)) > max && index > 0)
    return beyond === -1 ? queue.length : beyond
  }

  const refuseLate = (calls: ReadonlyArray<Call>, now: bigint) => {
    for (const call of calls) {
      if (now - call.since < maxWait) return
      if (isWaiting(call)) Deferred.doneUnsafe(call.done, Exit.fail(onTimeout()))
    }
  }

  /** One timer for all commits: a timer for each would cost as much as a row. */
  const watch = Effect.gen(function* () {
    yield* busy.await
    yield* Effect.sleep(pace)
    const now = yield* Clock.monotonicTimeNanos
    if (underWay !== undefined) refuseLate(underWay.batch, now)
    refuseLate(queue, now)
    if (underWay !== undefined && now - underWay.since >= commitTimeout) underWay.fiber.interruptUnsafe()
    if (queue.length === 0 && underWay === undefined) busy.closeUnsafe()
  })

  /**
   * Waits for further calls, as long as each turn of the event loop brings one. While calls arrive one by one, a commit
   * for every few of them would take all the time.
   */
  const gather = Effect.gen(function* () {
    let known: number
    let now: bigint
    do {
      known = queue.length
      yield* Effect.yieldNow
      now = yield* Clock.monotonicTimeNanos
    } while (queue.length > known && now - (queue[0]?.since ?? now) < maxGathering)
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
      // A commit returns a result for each call.
      const result = Exit.isSuccess(exit)
        ? resultOf(exit.value[index] as B)
        : Exit.hasInterrupts(exit)
          ? Exit.fail(onTimeout())
          : Exit.failCause(exit.cause)
      // A call that was refused meanwhile stays refused.
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
