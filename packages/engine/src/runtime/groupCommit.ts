/** Many fibers write, one transaction carries them: the cost of an fsync is shared. */
import { Array, Clock, Deferred, Duration, Effect, Exit, Fiber, Latch } from "effect"
import { monotonic, monotonicUnsafe } from "./monotonic.ts"

export interface Options<A, E> {
  /** What one commit carries at the most, or one call that is more alone. */
  readonly max?: number | undefined
  /** How much of that a call is. Default: 1. */
  readonly sizeOf?: ((item: A) => number) | undefined
  /** How long a call may wait for its result. Default: as long as it takes. What has given up is not committed any more. */
  readonly patience?: Duration.Input | undefined
  /** What a call fails with that has waited too long, or whose commit has. */
  readonly late: () => E
}

/** How often it is looked who has waited too long, while somebody waits. */
const pace = Duration.millis(250)

/** In milliseconds: so long does a call wait for others to come along. */
const longestGathering = 2

/** In milliseconds. A database that is gone without a word would be waited for until the network gives up, which takes minutes. */
const longestCommit = 5_000

/**
 * Makes a function whose concurrent calls are gathered and committed together, `max` at the most. Each call gets its
 * own result; if the commit fails, all of its calls fail with its cause. When the scope closes, what was called before
 * is still committed.
 */
export const groupCommit = Effect.fnUntraced(function* <A, B, E, R>(
  commit: (batch: Array.NonEmptyReadonlyArray<A>) => Effect.Effect<ReadonlyArray<B>, E, R>,
  { late, max = 256, sizeOf = () => 1, patience = Duration.infinity }: Options<A, E>
) {
  interface Call {
    readonly item: A
    readonly since: number
    readonly done: Deferred.Deferred<B, E>
  }
  /** In the order in which they came. Arrays, and no `Set`: see docs/benchmarks.md, "What was found, and removed". */
  const queue: Array<Call> = []
  let underWay:
    | {
        readonly batch: ReadonlyArray<Call>
        readonly fiber: Fiber.Fiber<ReadonlyArray<B>, E>
        readonly since: number
      }
    | undefined
  let isClosed = false
  /** Open while the queue has somebody, and for good once the scope has closed. */
  const called = yield* Latch.make()
  /** Open while there is something to look after. */
  const busy = yield* Latch.make()
  const longestWait = Duration.toMillis(patience)

  const isWaiting = ({ done }: Call) => !Deferred.isDoneUnsafe(done)

  /** How many of the queue go with the next commit. */
  const fitting = () => {
    let size = 0
    const beyond = queue.findIndex(({ item }, index) => (size += sizeOf(item)) > max && index > 0)
    return beyond === -1 ? queue.length : beyond
  }

  const refuseLate = (calls: ReadonlyArray<Call>, now: number) => {
    for (const call of calls) {
      if (now - call.since < longestWait) return
      if (isWaiting(call)) Deferred.doneUnsafe(call.done, Exit.fail(late()))
    }
  }

  /** One clock for all: a timer for each commit would cost as much as a row. */
  const watch = Effect.gen(function* () {
    yield* busy.await
    yield* Effect.sleep(pace)
    const now = yield* monotonic
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
    let now: number
    do {
      known = queue.length
      yield* Effect.yieldNow
      now = yield* monotonic
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
    for (const [index, call] of batch.entries()) {
      const result = Exit.isSuccess(exit)
        ? Exit.succeed(exit.value[index])
        : Exit.hasInterrupts(exit)
          ? Exit.fail(late())
          : exit
      // Who was refused meanwhile stays so.
      Deferred.doneUnsafe(call.done, result as Exit.Exit<B, E>)
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

  return (item: A): Effect.Effect<B, E> =>
    Clock.clockWith((clock) => {
      if (isClosed) return Effect.interrupt
      const done = Deferred.makeUnsafe<B, E>()
      queue.push({ item, since: monotonicUnsafe(clock), done })
      called.openUnsafe()
      busy.openUnsafe()
      return Deferred.await(done)
    })
})
