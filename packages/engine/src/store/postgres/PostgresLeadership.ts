/**
 * One leader for each Spot among the relays on a Postgres, by session advisory locks: whoever dies loses its session, and
 * with it its locks, within a moment. The Spots are spread over the relays that are there.
 */
import { Deferred, Duration, Effect, Layer, Queue, type Scope } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import { PgClient } from "@effect/sql-pg"
import { Leadership } from "../../dispatch/Leadership.ts"
import { SpotControl } from "../../ports/SpotControl.ts"
import { supervise, working } from "../../runtime/supervise.ts"
import { retire } from "./session.ts"

/** How often a relay looks, and shows that it is there. */
const beat = Duration.seconds(1)

/** A session that is silent for longer is ended by the server: its relay is frozen, or cut off. */
const silence = "10s"

/** A Spot that nobody has led for so many beats is taken by anybody. */
const patience = 3

/** A Spot that this relay would dispatch. */
interface Candidate {
  readonly spot: string
  /** Beats since it was last known that somebody leads it. */
  waited: number
  /** Done with what is done when the lead is lost. */
  elected: Deferred.Deferred<Deferred.Deferred<void>>
  /** Of the present lead. */
  lost: Deferred.Deferred<void> | undefined
}

/**
 * Elects one leader for each Spot among the relays on a Postgres.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Leadership, never, PgClient.PgClient | SpotControl> = Layer.effect(
  Leadership,
  Effect.gen(function* () {
    const pg = yield* PgClient.PgClient
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
        if (candidate.lost !== undefined) continue
        candidate.waited++
        if (
          session.locked.size >= fair &&
          candidate.waited <= patience &&
          !session.locked.has(candidate.spot)
        )
          continue
        candidate.waited = 0
        if (yield* session.tryLock(candidate.spot)) yield* win(candidate)
      }
      // Another relay has come: one Spot at a time is left to it.
      const surplus = [...candidates.values()].filter(({ lost }) => lost !== undefined)[fair]
      if (surplus === undefined) return
      yield* lose(surplus)
      surplus.waited = -patience
      yield* session.unlock(surplus.spot)
    })

    const session = Effect.gen(function* () {
      const session = yield* open(pg)
      yield* Effect.addFinalizer(() => Effect.forEach(candidates.values(), lose, { discard: true }))
      const step = Effect.andThen(
        Effect.andThen(Effect.timeout(look(session), "3 seconds"), working),
        Effect.timeoutOption(Queue.take(news), beat)
      )
      return yield* Effect.forever(step)
    }).pipe(Effect.scoped, Effect.withTracerEnabled(false))

    yield* Effect.forkScoped(supervise("Election of leaders", session))

    const lead: Leadership["Service"]["lead"] = (spot, work) => {
      const term = Effect.gen(function* () {
        const elected = yield* Deferred.make<Deferred.Deferred<void>>()
        // Known from the term before, or new: it has to be elected (again), which only a living session can do.
        const { waited } = candidates.get(spot) ?? { waited: 0 }
        const candidate: Candidate = { spot, waited, elected, lost: undefined }
        candidates.set(spot, candidate)
        yield* Queue.offer(news, undefined)
        const lost = yield* Deferred.await(elected)
        const epoch = yield* control.lead(spot)
        yield* Effect.raceFirst(work(epoch), Deferred.await(lost))
      })
      return supervise(`Dispatcher of Spot ${spot}`, term).pipe(
        Effect.ensuring(Effect.sync(() => candidates.delete(spot)))
      )
    }
    return Leadership.of({ lead })
  })
)

/** What a session of Postgres can say and hold for this relay. */
interface Session {
  /** How many relays are there, this one included. */
  readonly relays: Effect.Effect<number, SqlError.SqlError>
  readonly locked: ReadonlySet<string>
  readonly tryLock: (spot: string) => Effect.Effect<boolean, SqlError.SqlError>
  readonly unlock: (spot: string) => Effect.Effect<void, SqlError.SqlError>
}

/** Any number that nobody else takes for a shared lock: who holds it is a relay. */
const presence = 7_265_746

const open = (pg: PgClient.PgClient): Effect.Effect<Session, SqlError.SqlError, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = yield* pg.reserve
    const run = (text: string, ...parameters: ReadonlyArray<unknown>) =>
      connection.executeValues(text, parameters)
    yield* connection.executeRaw(`SET idle_session_timeout = '${silence}'`, [])
    // Its locks end at once, and nothing else uses the session afterwards.
    yield* Effect.addFinalizer(() =>
      Effect.andThen(Effect.ignore(Effect.timeout(unlockAll(connection), "1 second")), retire(connection))
    )
    yield* run("SELECT pg_advisory_lock_shared($1::bigint)", presence)
    const self = (yield* run("SELECT pg_backend_pid()"))[0]?.[0]
    const locked = new Set<string>()
    const key = "hashtextextended('usher:' || $1::text, 0)"
    return {
      relays: Effect.flatMap(
        run(
          `SELECT count(*)::int, pg_backend_pid(), current_setting('transaction_read_only') FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND classid = 0
            AND objid = $1::bigint AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
          presence
        ),
        ([row]) => {
          if (row?.[1] !== self) return unusable("another session answers: a pooler is in between")
          return row?.[2] === "off" ? Effect.succeed(Number(row[0])) : unusable("the server can only be read")
        }
      ),
      locked,
      tryLock: Effect.fnUntraced(function* (spot) {
        if (locked.has(spot)) return true
        const [row] = yield* run(`SELECT pg_try_advisory_lock(${key})`, spot)
        if (row?.[0] === true) locked.add(spot)
        return locked.has(spot)
      }),
      unlock: Effect.fnUntraced(function* (spot) {
        locked.delete(spot)
        yield* run(`SELECT pg_advisory_unlock(${key})`, spot)
      })
    }
  })

const unlockAll = (connection: SqlConnection.Connection) =>
  connection.executeRaw("SELECT pg_advisory_unlock_all()", [])

/** A session by which no leader may be elected. */
const unusable = (message: string) =>
  Effect.fail(
    new SqlError.SqlError({
      reason: new SqlError.ConnectionError({ cause: undefined, message, operation: "elect" })
    })
  )
