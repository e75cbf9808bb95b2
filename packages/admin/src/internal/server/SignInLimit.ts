/**
 * Limits the failed sign-ins of each client. Tokens can't be guessed; the limit stops endless attempts, and its own memory is
 * bounded.
 */
import { Clock, Effect } from "effect"
import { HttpServerRequest } from "effect/http"
import * as Problem from "../../Problem.ts"
import { networkOf } from "./client.ts"

const maxFailures = 10
const windowMillis = 60_000
const maxClients = 10_000

/** Makes an effect that counts a failed sign-in of the client and returns the count within a minute. Fails above the limit. */
export const make = () => {
  const clients = new Map<string, { since: number; failures: number }>()

  const entry = (client: string, now: number) => {
    const known = clients.get(client)
    if (known !== undefined && now - known.since < windowMillis) return known
    const fresh = { since: now, failures: 0 }
    clients.delete(client)
    clients.set(client, fresh)
    // Evict the oldest window.
    const [oldest] = clients.keys()
    if (clients.size > maxClients && oldest !== undefined) clients.delete(oldest)
    return fresh
  }

  return Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    const now = Number(yield* Clock.monotonicTimeNanos) / 1e6
    const client = entry(networkOf(request), now)
    client.failures++
    if (client.failures <= maxFailures) return client.failures
    const retryAfter = Math.ceil((client.since + windowMillis - now) / 1000)
    return yield* new Problem.TooMany({
      detail: `More than ${maxFailures} sign-ins from this client failed within a minute. Try again later.`,
      retryAfter
    })
  })
}
