/**
 * `/healthz`: the process is alive. `/readyz`: it can take webhooks and send invitations; if not, what stands in its way.
 * `/readyz?exclude=spots` leaves checks out: a relay whose key is refused takes and keeps webhooks all the same.
 */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { Inbox, InboxSql, SpotControl } from "@usher/engine"
import { alsoHead } from "./Http.ts"

const alive = Effect.succeed(HttpServerResponse.jsonUnsafe({ status: "alive" }))

/** One thing that has to be so. */
interface Check {
  readonly name: string
  readonly ok: boolean
  /** Why it is not. */
  readonly reason: string | null
}

/** That alone, for the listener that senders reach: readiness has reasons in it. */
export const layerAlive = HttpRouter.use((router) => router.addAll(alsoHead("/healthz", alive)))

const layerReady = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const inbox = yield* Inbox.Inbox
    const control = yield* SpotControl.SpotControl
    const sql = yield* SqlClient.SqlClient

    const migrations = Effect.gen(function* () {
      const done = yield* sql<{ name: string }>`SELECT name FROM usher_migrations`
      const names = new Set(done.map(({ name }) => name))
      const missing = Object.keys(InboxSql.migrations).filter(
        (name) => !names.has(name.slice("0000_".length))
      )
      if (missing.length > 0)
        return yield* Effect.fail({ message: `run usher migrate: ${missing.join(", ")}` })
    })

    const spots = Effect.gen(function* () {
      const refused = (yield* control.all).filter(({ paused }) => paused?.by === "upstream")
      const [first] = refused
      if (first?.paused == null) return
      const names = refused.map(({ spot }) => spot).join(", ")
      return yield* Effect.fail({ message: `${names}: ${first.paused.reason}` })
    })

    const checks = [
      ["database", inbox.check],
      ["migrations", migrations],
      ["spots", spots]
    ] as const

    const ready = Effect.gen(function* () {
      const { exclude } = yield* HttpServerRequest.ParsedSearchParams
      const excluded = new Set([exclude ?? []].flat())
      const asked = checks.filter(([name]) => !excluded.has(name))
      const found = yield* Effect.forEach(asked, ([name, look]) => check(name, look), {
        concurrency: "unbounded"
      })
      const isReady = found.every(({ ok }) => ok)
      return HttpServerResponse.jsonUnsafe(
        { status: isReady ? "ready" : "not ready", checks: found },
        { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } }
      )
    })

    yield* router.addAll(alsoHead("/readyz", ready))
  })
)

export const layer = Layer.mergeAll(layerAlive, layerReady)

/** Who asks has a timeout of its own. */
const patience = "3 seconds"

const check = <E extends { readonly message: string }>(
  name: string,
  look: Effect.Effect<unknown, E>
): Effect.Effect<Check> =>
  look.pipe(
    Effect.as({ name, ok: true, reason: null }),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail({ message: "it gives no answer" })
    }),
    Effect.catch(({ message }) => Effect.succeed({ name, ok: false, reason: message }))
  )
