/**
 * Elects the relay that leads each Spot, by an advisory lock of its session, and distributes the Spots over the relays.
 * A failover takes 0.03 to 1 s: docs/decisions/0003-postgres-leadership-by-advisory-lock.md
 */
import { Deferred, Duration, Effect, Queue, type Scope } from "effect"
import type { SqlError } from "effect/sql"
import type { Leadership } from "../../dispatch/Leadership.ts"
import { SpotControl } from "../../ports/SpotControl.ts"
import { supervise, working } from "../../runtime/supervise.ts"

type Service = Leadership["Service"]

/** How often a relay checks for Spots and shows that it is alive. */
const beat = Duration.seconds(1)

/** After this many beats without a leader, any relay takes a Spot. */
const maxWaitedBeats = 3

/** For this many beats, a relay keeps a Spot beyond its share that no other relay took. */
const maxKept = 300

/** A Spot that this relay is willing to lead. */
interface Candidate {
  readonly spot: string
  /** Beats since a leader was last known. */
  waited: number
  /** Beats for which this relay still keeps it beyond its share. */
  kept: number
  /** Completes with the signal that the leadership is lost. */
  elected: Deferred.Deferred<Deferred.Deferred<void>>
  /** The signal of the present leadership. */
  lost: Deferred.Deferred<void> | undefined
}

/** The session's view of the election. */
export interface Session {
  /** The number of relays, including this one. */
  readonly relays: Effect.Effect<number, SqlError.SqlError>
  readonly locked: ReadonlySet<string>
  readonly tryLock: (spot: string) => Effect.Effect<boolean, SqlError.SqlError>
  readonly unlock: (spot: string) => Effect.Effect<void, SqlError.SqlError>
}

/** Takes part in the election while the scope is open. A failed session is replaced by another. */
export const electing = (open: Effect.Effect<Session, SqlError.SqlError, Scope.Scope>) =>
  Effect.gen(function* () {
    const control = yield* SpotControl
    const candidates = new Map<string, Candidate>()
    const news = yield* Queue.sliding<void>(1)

    const lose = Effect.fnUntraced(function* (candidate: Candidate) {
      const { lost } = candidate
      candidate.lost = undefined
      if (lost !== undefined) yield* Deferred.succeed(lost, undefined)
    })

    const win = Effect.fnUntraced(function* (candidate: Candidate) {
      const lost = yield* Deferred.make<void>()
      candidate.lost = lost
      yield* Deferred.succeed(candidate.elected, lost)
    })

    const look = Effect.fnUntraced(function* (session: Session) {
      const fair = Math.ceil(candidates.size / Math.max(1, yield* session.relays))
      for (const spot of session.locked) if (!candidates.has(spot)) yield* session.unlock(spot)
      for (const candidate of candidates.values()) {
        candidate.kept--
        if (candidate.lost !== undefined) continue
        candidate.waited++
        const isBeyondShare = session.locked.size >= fair && !session.locked.has(candidate.spot)
        if (isBeyondShare && candidate.waited <= maxWaitedBeats) continue
        candidate.waited = 0
        if (!(yield* session.tryLock(candidate.spot))) continue
        if (isBeyondShare) candidate.kept = maxKept
        yield* win(candidate)
      }
      // Another relay has joined: leave it one Spot at a time, and do not take the same one back immediately.
      const free = [...candidates.values()].filter(({ lost, kept }) => lost !== undefined && kept <= 0)
      const surplus = free[fair]
      if (surplus === undefined) return
      yield* lose(surplus)
      surplus.waited = -maxWaitedBeats
      yield* session.unlock(surplus.spot)
    })

    const session = Effect.gen(function* () {
      const session = yield* open
      yield* Effect.addFinalizer(() => Effect.forEach(candidates.values(), lose, { discard: true }))
      const step = Effect.andThen(
        Effect.andThen(Effect.timeout(look(session), "3 seconds"), working),
        Effect.timeoutOption(Queue.take(news), beat)
      )
      return yield* Effect.forever(step)
    }).pipe(Effect.scoped, Effect.withTracerEnabled(false))

    yield* Effect.forkScoped(supervise("Election of leaders", session))

    const lead: Service["lead"] = (spot, work) => {
      const term = Effect.gen(function* () {
        const elected = yield* Deferred.make<Deferred.Deferred<void>>()
        // Known from the previous term, or new. It has to be elected (again), which needs a living session.
        const { waited, kept } = candidates.get(spot) ?? { waited: 0, kept: 0 }
        const candidate: Candidate = { spot, waited, kept, elected, lost: undefined }
        candidates.set(spot, candidate)
        yield* Queue.offer(news, undefined)
        const lost = yield* Deferred.await(elected)
        const term = yield* control.acquireLeadership(spot)
        yield* Effect.raceFirst(work(term), Deferred.await(lost))
      })
      return supervise(`Dispatcher of Spot ${spot}`, term).pipe(
        Effect.ensuring(Effect.sync(() => candidates.delete(spot)))
      )
    }
    const service: Service = { lead }
    return service
  })
