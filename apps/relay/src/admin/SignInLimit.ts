/**
 * Bounds how often a client may fail to sign in. A token can't be guessed; this keeps those who try from being answered
 * for ever, and their addresses from filling the memory.
 */
import { Clock, Context, Effect, Layer, Option } from "effect"
import { HttpServerRequest } from "effect/http"
import { Problem } from "@usher/admin"

const mostFailures = 10
const windowMillis = 60_000
const mostClients = 10_000

export class SignInLimit extends Context.Service<
  SignInLimit,
  {
    /** Counts a failure of this request's client; too many of them in a minute are told so. */
    readonly failed: Effect.Effect<void, Problem.TooMany, HttpServerRequest.HttpServerRequest>
  }
>()("@usher/relay/SignInLimit") {
  static readonly layer: Layer.Layer<SignInLimit> = Layer.sync(this, () => {
    const clients = new Map<string, { since: number; failures: number }>()

    const entry = (client: string, now: number) => {
      const known = clients.get(client)
      if (known !== undefined && now - known.since < windowMillis) return known
      const fresh = { since: now, failures: 0 }
      clients.delete(client)
      clients.set(client, fresh)
      // The one that began its window first.
      for (const oldest of clients.keys()) {
        if (clients.size <= mostClients) break
        clients.delete(oldest)
      }
      return fresh
    }

    return SignInLimit.of({
      failed: Effect.gen(function* () {
        const { remoteAddress } = yield* HttpServerRequest.HttpServerRequest
        const now = yield* Clock.currentTimeMillis
        const client = entry(
          Option.getOrElse(remoteAddress, () => ""),
          now
        )
        client.failures++
        if (client.failures <= mostFailures) return
        const retryAfter = Math.ceil((client.since + windowMillis - now) / 1000)
        return yield* new Problem.TooMany({
          detail: `More than ${mostFailures} sign-ins of this client failed within a minute.`,
          retryAfter
        })
      })
    })
  })
}
