/**
 * Health checks. `/healthz`: the process is alive. `/readyz`: it can store webhooks; if not, it lists the reasons. It also
 * lists the concerns as notices, which do not change its status.
 */
import { Effect, Layer } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { SqlClient } from "effect/sql"
import { Database } from "../ports/Database.ts"
import { Inbox } from "../ports/Inbox.ts"
import * as Migrations from "../store/Migrations.ts"
import { alsoHead } from "./alsoHead.ts"
import { Concerns } from "./Concerns.ts"

const alive = Effect.succeed(HttpServerResponse.jsonUnsafe({ status: "alive" }))

interface Check {
  readonly name: string
  readonly ok: boolean
  /** Why the check fails. */
  readonly reason: string | null
}

/**
 * Adds only `/healthz`, for public listeners: readiness reveals reasons.
 *
 * @category layers
 */
export const layerAlive: Layer.Layer<never, never, HttpRouter.HttpRouter> = HttpRouter.use((router) =>
  router.addAll(alsoHead("/healthz", alive))
)

const layerReady = HttpRouter.use(
  Effect.fnUntraced(function* (router) {
    const inbox = yield* Inbox
    const concerns = yield* Concerns
    const sql = yield* Database

    const migrations = Migrations.pending.pipe(
      Effect.provideService(SqlClient.SqlClient, sql),
      Effect.flatMap((missing) =>
        missing.length === 0
          ? Effect.void
          : Effect.fail({ message: `run usher migrate: ${missing.join(", ")}` })
      )
    )

    const checks = [
      ["database", inbox.check],
      ["migrations", migrations]
    ] as const

    const notices = concerns.recent.pipe(
      Effect.map((found) =>
        found.map(({ kind, urgency, subject, since, text, next, nextAt }) => ({
          kind,
          urgency,
          subject,
          since,
          text,
          next,
          nextAt
        }))
      ),
      Effect.timeout(checkTimeout),
      // The checks say that the database can't be used.
      Effect.orElseSucceed(() => [])
    )

    const ready = Effect.gen(function* () {
      const { exclude } = yield* HttpServerRequest.ParsedSearchParams
      const excluded = new Set([exclude ?? []].flat())
      const asked = checks.filter(([name]) => !excluded.has(name))
      const [found, noticed] = yield* Effect.all(
        [Effect.forEach(asked, ([name, look]) => check(name, look), { concurrency: "unbounded" }), notices],
        { concurrency: "unbounded" }
      )
      const isReady = found.every(({ ok }) => ok)
      return HttpServerResponse.jsonUnsafe(
        { status: isReady ? "ready" : "not ready", checks: found, notices: noticed },
        { status: isReady ? 200 : 503, headers: { "cache-control": "no-store" } }
      )
    })

    yield* router.addAll(alsoHead("/readyz", ready))
  })
)

/**
 * Adds `/healthz` and `/readyz`. Readiness returns 503 if the database can't be written or lacks a migration. Its notices
 * are the concerns, at most 10 seconds old. They name sources, Spots and Lives, and no people.
 *
 * @category layers
 */
export const layer: Layer.Layer<never, never, HttpRouter.HttpRouter | Inbox | Concerns | Database> =
  Layer.mergeAll(layerAlive, layerReady)

/** Shorter than the timeout of most probes. */
const checkTimeout = "3 seconds"

const check = <E extends { readonly message: string }>(
  name: string,
  look: Effect.Effect<unknown, E>
): Effect.Effect<Check> =>
  look.pipe(
    Effect.as({ name, ok: true, reason: null }),
    Effect.timeoutOrElse({
      duration: checkTimeout,
      orElse: () => Effect.fail({ message: "no response" })
    }),
    Effect.catch(({ message }) => Effect.succeed({ name, ok: false, reason: message }))
  )
