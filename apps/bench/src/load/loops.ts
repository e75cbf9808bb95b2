/** Two ways to put load on a server, both limited in count and in time. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import type { Connection } from "./Connection.ts"

export interface Outcome {
  readonly accepted: number
  readonly failed: number
  readonly seconds: number
  /** In microseconds. */
  readonly latency: RecordableHistogram
}

const tally = () => {
  const latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 })
  const start = performance.now()
  let [accepted, failed, last] = [0, 0, start]
  return {
    answered: (status: number, since: number) => {
      last = performance.now()
      if (status < 200 || status > 299) return void failed++
      accepted++
      latency.record(Math.max(1, Math.round((last - since) * 1_000)))
    },
    /** Counts these deliveries without an answer as failed. */
    outcome: (missing: number): Outcome => ({
      accepted,
      failed: failed + missing,
      seconds: (last - start) / 1_000,
      latency
    })
  }
}

/** The time to wait for answers after the last delivery was sent, in milliseconds. */
const grace = 10_000

/** Each connection sends as soon as it is answered. This finds the peak, and hides the length of a stall. */
export const closed = (
  connections: ReadonlyArray<Connection>,
  requests: ReadonlyArray<Buffer>,
  seconds: number
): Promise<Outcome> =>
  new Promise((resolve) => {
    const { answered, outcome } = tally()
    const end = performance.now() + seconds * 1_000
    let [next, busy] = [0, connections.length]
    const finish = () => {
      clearTimeout(timer)
      resolve(outcome(busy))
    }
    const timer = setTimeout(finish, seconds * 1_000 + grace)
    const step = (connection: Connection) => {
      const request = performance.now() < end ? requests[next++] : undefined
      if (request === undefined) {
        if (--busy === 0) finish()
        return
      }
      const since = performance.now()
      connection.send(request, (status) => {
        answered(status, since)
        // Outside of the socket's callbacks, so that broken connections do not nest.
        if (status === 0) setImmediate(step, connection)
        else step(connection)
      })
    }
    for (const connection of connections) step(connection)
  })

/**
 * Sends at fixed times, independently of the answers, and measures from these times. A request that finds all connections busy
 * waits for one, and its wait counts, so that a stall affects every request that it delays (no coordinated omission). Requests
 * of the same millisecond are sent together: a generator that wakes for each would take a processor from the server.
 */
export const open = (
  connections: ReadonlyArray<Connection>,
  requests: ReadonlyArray<Buffer>,
  rate: number,
  seconds: number
): Promise<Outcome> =>
  new Promise((resolve) => {
    const { answered, outcome } = tally()
    const start = performance.now()
    const count = Math.min(requests.length, Math.floor(rate * seconds))
    const due = (at: number) => start + Math.ceil((at * 1_000) / rate)
    const free = [...connections]
    let [next, done] = [0, 0]

    const send = () => {
      const now = performance.now()
      while (next < count && due(next) <= now) {
        const connection = free.pop()
        if (connection === undefined) return
        const [request, since] = [requests[next], due(next)]
        next++
        if (request === undefined) return
        connection.send(request, (status) => {
          answered(status, since)
          done++
          free.push(connection)
          // Sends the request that waits for a connection.
          if (status !== 0) send()
        })
      }
    }

    const pace = () => {
      send()
      if (done === count || performance.now() > due(count) + grace) {
        resolve(outcome(count - done))
        return
      }
      setTimeout(pace, 1)
    }
    pace()
  })
