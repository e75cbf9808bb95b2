/**
 * What becomes of those who sign in or send a token: counted by reason, and recorded in the audit log and the log with the
 * client's IP address. Refusals are recorded at a bounded rate, so that a flood of them fills neither.
 */
import { Clock, Context, Effect, Layer, Metric } from "effect"
import { HttpServerRequest } from "effect/http"
import type * as Problem from "../../Problem.ts"
import { Troubles } from "@usher/engine"
import { AuditLog } from "../../AuditLog.ts"
import { ipOf } from "./client.ts"
import { SignInLimit } from "./SignInLimit.ts"

/** `sign-in`: a token was exchanged for a cookie. `token`, `session`: a request carried one. */
type Via = "sign-in" | "token" | "session"

/** The secret was wrong. */
type Unauthenticated = "unknown" | "expired" | "revoked"

/** The secret was right or was not looked at, and the request was refused all the same. */
type Forbidden = "scope" | "cross-site" | "no-header" | "media-type" | "insecure"

export class SignIns extends Context.Service<
  SignIns,
  {
    readonly accepted: Effect.Effect<void>
    /** A wrong secret: fails for a client that sent too many of them. */
    readonly failed: (
      via: Via,
      reason: Unauthenticated
    ) => Effect.Effect<void, Problem.TooMany, HttpServerRequest.HttpServerRequest>
    /** A request that the caller may not make; with the token's name where it is known. */
    readonly refused: (
      via: Via,
      reason: Forbidden,
      who?: string
    ) => Effect.Effect<void, never, HttpServerRequest.HttpServerRequest>
  }
>()("@usher/admin/SignIns") {}

const signIns = Metric.counter("usher_admin_sign_ins_total", {
  description: "Sign-ins to the page: accepted, or the reason why not",
  incremental: true
})
const refusals = Metric.counter("usher_admin_refused_total", {
  description: "Requests to the admin API that carried a token or a session and were refused, by reason",
  incremental: true
})

/** Entries about refusals: in the long run, and at once. */
const perMinute = 6
const burst = 30

/** Entries about one client within a minute. */
const perClient = 5

const nobody = "unknown"

const make = Effect.gen(function* () {
  const audit = yield* AuditLog
  const limit = yield* SignInLimit
  let left = burst
  let filledAt = 0
  let suppressed = 0

  const count = (via: Via, reason: string) =>
    via === "sign-in"
      ? Metric.update(Metric.withAttributes(signIns, { result: reason }), 1)
      : Metric.update(Metric.withAttributes(refusals, { via, reason }), 1)

  const mayRecord = (now: number) => {
    left = Math.min(burst, left + (Math.max(0, now - filledAt) * perMinute) / 60_000)
    filledAt = now
    if (left < 1) return false
    left -= 1
    return true
  }

  const record = Effect.fnUntraced(function* (via: Via, reason: string, name: string) {
    const now = yield* Clock.currentTimeMillis
    if (!mayRecord(now)) {
      suppressed++
      return
    }
    const ip = ipOf(yield* HttpServerRequest.HttpServerRequest)
    const actor = { name, via: via === "session" ? "session" : "token", ip } as const
    const about = { reason, ...(suppressed === 0 ? {} : { suppressed }) }
    suppressed = 0
    const what = via === "sign-in" ? "session.signIn" : "access"
    yield* Troubles.attempt("Recording refused sign-ins", audit.record(actor, what, about, "refused"))
  })

  return SignIns.of({
    accepted: count("sign-in", "accepted"),
    failed: Effect.fnUntraced(function* (via, reason) {
      yield* count(via, reason)
      const failures = yield* limit.failed
      if (failures <= perClient) yield* record(via, reason, nobody)
    }),
    refused: Effect.fnUntraced(function* (via, reason, who = nobody) {
      yield* count(via, reason)
      yield* record(via, reason, who)
    })
  })
})

export const layer: Layer.Layer<SignIns, never, AuditLog | SignInLimit> = Layer.effect(SignIns, make)
