/** Many fibers write, one transaction carries them: the cost of an fsync is shared. */
import { Array, type Cause, Clock, Deferred, Duration, Effect, Exit, Fiber, Latch, Queue } from "effect"

export interface Options<E> {
  /** Of one commit. */
  readonly max?: number | undefined
  /** How long a call may wait for its result. Default: as long as it takes. What has given up is not committed any more. */
  readonly patience?: Duration.Input | undefined
  /** What a call fails with that has waited too long, or whose commit has. */
  readonly late: () => E
}

/** How often it is looked who has waited too long, while somebody waits. */
const pace = Duration.millis(250)

/** In milliseconds. A database that is gone without a word would be waited for until the network gives up, which takes minutes. */
const longestCommit = 5_000

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

  const refuseLate = (now: number) => {
    for (const call of waiting) {
      if (now - call.since < longestWait) return
      end(call, Exit.fail(late()))
    }
  }

  let underWay: { readonly fiber: Fiber.Fiber<ReadonlyArray<B>, E>; readonly since: number } | undefined
  /** Open while there is something to look after. */
  const busy = yield* Latch.make()

  /** One clock for all: a timer for each commit would cost as much as a row. */
  const watch = Effect.gen(function* () {
    yield* busy.await
    yield* Effect.sleep(pace)
    const now = yield* Clock.currentTimeMillis
    refuseLate(now)
    if (underWay !== undefined && now - underWay.since >= longestCommit) underWay.fiber.interruptUnsafe()
    if (waiting.size === 0 && underWay === undefined) busy.closeUnsafe()
  })

  const flush = Effect.gen(function* () {
    const taken = yield* Queue.takeBetween(queue, 1, max)
    const now = yield* Clock.currentTimeMillis
    refuseLate(now)
    const [first, ...rest] = taken.filter((call) => waiting.has(call))
    if (first === undefined) return
    const batch = [first, ...rest] as const
    const fiber = yield* Effect.forkChild(commit(Array.map(batch, ({ item }) => item)), {
      startImmediately: true
    })
    underWay = { fiber, since: now }
    const exit = yield* Fiber.await(fiber)
    underWay = undefined
    for (const [index, call] of batch.entries()) {
      const result = Exit.isSuccess(exit)
        ? Exit.succeed(exit.value[index])
        : Exit.hasInterrupts(exit)
          ? Exit.fail(late())
          : exit
      end(call, result as Exit.Exit<B, E>)
    }
  })

  // Not interrupted but ended, so that nobody waits for a commit that never comes.
  const committer = yield* Effect.forkDetach(Effect.forever(flush))
  const watcher = yield* Effect.forkDetach(Effect.forever(watch))
  yield* Effect.addFinalizer(() =>
    Effect.andThen(Queue.end(queue), Fiber.await(committer)).pipe(Effect.andThen(Fiber.interrupt(watcher)))
  )

  return (item: A): Effect.Effect<B, E> =>
    Clock.clockWith((clock) => {
      const call: Call = { item, since: clock.currentTimeMillisUnsafe(), done: Deferred.makeUnsafe<B, E>() }
      if (!Queue.offerUnsafe(queue, call)) return Effect.interrupt
      waiting.add(call)
      busy.openUnsafe()
      return Deferred.await(call.done)
    })
})
