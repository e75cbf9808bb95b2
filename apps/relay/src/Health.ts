/**
 * `/healthz`: the process is alive. `/readyz`: it can take webhooks and send invitations; if not, what stands in its way.
 */
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { Inbox } from "@usher/engine"

/** One thing that has to be so. */
interface Check {
  readonly name: string
  readonly ok: boolean
  /** Why it is not. */
  readonly reason: string | null
}

export const layer = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const inbox = yield* Inbox.Inbox

    const database = check(
      "database",
      inbox.check.pipe(Effect.timeoutOrElse({ duration: "2 seconds", orElse: () => Effect.fail(slow) }))
    )

    const ready = Effect.map(Effect.all([database]), (checks) => {
      const isReady = checks.every(({ ok }) => ok)
      return HttpServerResponse.jsonUnsafe(
        { status: isReady ? "ready" : "not ready", checks },
        { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } }
      )
    })

    yield* router.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "alive" }))
    yield* router.add("GET", "/readyz", ready)
  })
)

const slow = { message: "it did not answer within 2 seconds" }

const check = <E extends { readonly message: string }>(
  name: string,
  look: Effect.Effect<unknown, E>
): Effect.Effect<Check> =>
  look.pipe(
    Effect.as({ name, ok: true, reason: null }),
    Effect.catch(({ message }) => Effect.succeed({ name, ok: false, reason: message }))
  )
