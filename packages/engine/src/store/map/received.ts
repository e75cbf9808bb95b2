/** Reads stored webhooks for the mapper. */
import { Effect } from "effect"
import * as rows from "../rows/rows.ts"
import { webhook as webhookRow } from "../rows/webhookRow.ts"
import { limited, type Store } from "../rows/store.ts"
import { toInboxUnavailable } from "../rows/transaction.ts"
import { type Queue, queues, soleQueue } from "../search/waitingSources.ts"
import { updatePausedBacklog } from "./pausedBacklog.ts"

interface Head extends Queue {
  readonly id: string
}

/** The most queues in one statement. */
const maxQueues = 100

const compare = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)

/** Takes one webhook of each queue in turn, lane by lane. */
const roundRobin = (heads: ReadonlyArray<Head>, all: ReadonlyArray<Queue>, limit: number) => {
  const byQueue = new Map(all.map(({ lane, source }) => [`${lane} ${source}`, new Array<string>()]))
  for (const { lane, source, id } of heads) byQueue.get(`${lane} ${source}`)?.push(id)
  const picked: Array<string> = []
  for (const lane of new Set(all.map(({ lane }) => lane))) {
    let left = all.flatMap((queue) =>
      queue.lane === lane ? [byQueue.get(`${lane} ${queue.source}`) ?? []] : []
    )
    for (let round = 0; left.length > 0 && picked.length < limit; round++) {
      left = left.filter((ids) => ids.length > round)
      for (const ids of left) picked.push(...ids.slice(round, round + 1))
    }
  }
  return picked.slice(0, limit)
}

export const receiving = ({ sql }: Store) => {
  const setAside = (id: string, columns: string) =>
    sql`UPDATE webhooks SET status = 'corrupt', reason = ${`can't be read: ${columns}`} WHERE id = ${id}`

  const read = (found: ReadonlyArray<{ readonly id: string }>) =>
    rows.readable(found.map(webhookRow.read), "webhooks", setAside)

  const columns = sql.literal(webhookRow.columns)

  const isHeldBack = sql.literal("source IN (SELECT source FROM paused_sources WHERE resuming = 0)")

  const first = ({ lane, source }: Queue, limit: number) =>
    sql`SELECT id, lane, source FROM webhooks WHERE status = 'received' AND lane = ${sql.literal(`${lane}`)}
      AND source = ${source} ORDER BY id ${limited(sql, limit)}`

  /** The source that was served last when others had to wait. */
  let last = ""

  /** The queues to serve: by lane, and within a lane those after the last source first. */
  const inTurn = (waiting: ReadonlyArray<Queue>, limit: number): ReadonlyArray<Queue> => {
    const isLater = ({ source }: Queue) => (source > last ? 0 : 1)
    const all = waiting.toSorted(
      (a, b) => a.lane - b.lane || isLater(a) - isLater(b) || compare(a.source, b.source)
    )
    const some = all.slice(0, Math.min(limit, maxQueues))
    last = some.at(-1)?.source ?? last
    return some
  }

  const next = Effect.fnUntraced(function* (limit: number, except: ReadonlySet<string>, isPaused: boolean) {
    const all = yield* queues(sql)
    isShared = isPaused || all.length > 1
    const waiting = all.filter(({ source }) => !except.has(source))
    const [only, ...others] = inTurn(waiting, limit)
    if (only === undefined) return []
    if (others.length === 0) {
      return yield* sql<{ id: string }>`SELECT ${columns} FROM webhooks WHERE status = 'received'
        AND lane = ${sql.literal(`${only.lane}`)} AND source = ${only.source} AND NOT ${isHeldBack}
        ORDER BY id ${limited(sql, limit)}`
    }
    const some = [only, ...others]
    const heads = yield* sql<Head>`${sql.join(
      " UNION ALL ",
      false
    )(some.map((queue) => sql`SELECT * FROM (${first(queue, limit)}) AS queue`))}`
    const ids = roundRobin(heads, some, limit)
    return yield* sql<{
      id: string
    }>`SELECT ${columns} FROM webhooks WHERE status = 'received' AND ${sql.in("id", ids)}
      AND NOT ${isHeldBack} ORDER BY lane, id`
  })

  /** Whether the last read found several queues, or a pause. */
  let isShared = false

  /** Usually a single queue waits and no source is paused: then one statement finds everything. */
  const alone = Effect.fnUntraced(function* (limit: number, except: ReadonlySet<string>) {
    if (isShared) return []
    const found = yield* soleQueue(sql, limit)
    return except.size === 0 || found.every(({ source }) => !except.has(source)) ? found : []
  })

  const look = Effect.fnUntraced(function* (limit: number, except: ReadonlySet<string>) {
    const found = yield* alone(limit, except)
    if (found.length > 0) return found
    const isPaused = yield* updatePausedBacklog(sql)
    return yield* next(limit, except, isPaused)
  })

  /** Live webhooks first. Within a lane the sources take turns, and within a source the oldest is first. */
  return (limit: number, except: ReadonlySet<string> = new Set()) =>
    look(limit, except).pipe(Effect.flatMap(read), toInboxUnavailable)
}
