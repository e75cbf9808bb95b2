/**
 * What becomes of those who sign in or send a token: counted by reason, and recorded in the audit log and the log with the
 * client's IP address. Refusals are recorded at a bounded rate, so that a flood of them fills neither.
 */
import { Clock, Context, Effect, Layer, Metric } from "effect"
import { HttpServerRequest } from "effect/http"
import { Troubles } from "@usher/engine"
import { AuditLog } from "../../AuditLog.ts"
import { ipOf } from "./client.ts"
import * as SignInLimit from "./SignInLimit.ts"

/** `sign-in`: a token was exchanged for a cookie. `token`, `session`: a request carried one. */
type Via = "sign-in" | "token" | "session"

/** The secret was wrong. */
type Unauthenticated = "unknown" | "expired" | "revoked"

/** The secret was right or was not looked at, and the request was refused all the same. */
type Forbidden = "scope" | "cross-site" | "no-header" | "media-type" | "insecure"

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
  const countFailure = SignInLimit.make()
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

  return {
    accepted: count("sign-in", "accepted"),
    /** A wrong secret: fails for a client that sent too many of them. */
    failed: Effect.fnUntraced(function* (via: Via, reason: Unauthenticated) {
      yield* count(via, reason)
      const failures = yield* countFailure
      if (failures <= perClient) yield* record(via, reason, nobody)
    }),
    /** A request that the caller may not make; with the token's name where it is known. */
    refused: Effect.fnUntraced(function* (via: Via, reason: Forbidden, who: string = nobody) {
      yield* count(via, reason)
      yield* record(via, reason, who)
    })
  }
})

export class SignIns extends Context.Service<SignIns>()("@usher/admin/SignIns", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}
