/** The two ways to put load on a server. Both are bounded in count and in time. */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import type { Connection } from "./Connection.ts"

export interface Outcome {
  readonly accepted: number
  readonly failed: number
  readonly seconds: number
  /** In microseconds. */
  readonly latency: RecordableHistogram
}

interface Tally {
  readonly answered: (status: number, since: number) => void
  readonly outcome: () => Outcome
}

const tally = (): Tally => {
  const latency = createHistogram({ lowest: 1, highest: 600_000_000, figures: 3 })
  const start = performance.now()
  let [accepted, failed, last] = [0, 0, start]
  return {
    answered: (status, since) => {
      last = performance.now()
      if (status < 200 || status > 299) return void failed++
      accepted++
      latency.record(Math.max(1, Math.round((last - since) * 1_000)))
    },
    outcome: () => ({ accepted, failed, seconds: (last - start) / 1_000, latency })
  }
}

/** How long an answer may take once nothing is sent any more, in milliseconds; what has none by then has failed. */
const patience = 10_000

/** Each connection sends as soon as it is answered: finds the peak, and hides how long a stall lasts. */
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
      const { failed, ...rest } = outcome()
      resolve({ ...rest, failed: failed + busy })
    }
    const timer = setTimeout(finish, seconds * 1_000 + patience)
    const step = (connection: Connection) => {
      const request = performance.now() < end ? requests[next++] : undefined
      if (request === undefined) {
        if (--busy === 0) finish()
        return
      }
      const since = performance.now()
      connection.send(request, (status) => {
        answered(status, since)
        // Apart from the socket's own callbacks, and no deeper for each broken connection.
        if (status === 0) setImmediate(step, connection)
        else step(connection)
      })
    }
    for (const connection of connections) step(connection)
  })

/**
 * Sends at times that are fixed beforehand, whatever the answers do, and measures from those times: a request that
 * finds all connections busy waits for one, and its wait counts. So a stall is seen by all who would have met it
 * (there is no "coordinated omission"). What is due within a millisecond goes at its end, together: a generator that
 * wakes for each request takes a processor for itself, which the server's threads and its database miss.
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
          // One that waited goes at once.
          if (status !== 0) send()
        })
      }
    }

    const pace = () => {
      send()
      if (done === count || performance.now() > due(count) + patience) {
        const { failed, ...rest } = outcome()
        resolve({ ...rest, failed: failed + count - done })
        return
      }
      setTimeout(pace, 1)
    }
    pace()
  })
