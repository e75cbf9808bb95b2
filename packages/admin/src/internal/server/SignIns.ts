/**
 * Metrics and audit entries of sign-ins and refused requests, with the client's IP address. Refusals are recorded at a
 * limited rate, so that a flood can't fill the audit log.
 */
import { Clock, Context, Effect, Layer, Metric } from "effect"
import { HttpServerRequest } from "effect/http"
import { Troubles } from "@usher/engine"
import { AuditLog } from "../../AuditLog.ts"
import { ipOf } from "./client.ts"
import * as SignInLimit from "./SignInLimit.ts"

/** `sign-in`: a token for a cookie. `token`, `session`: a request with one. */
type Via = "sign-in" | "token" | "session"

/** Why a secret is invalid. */
type Unauthenticated = "unknown" | "expired" | "revoked"

/** Why a request is refused although its secret is valid or was not checked. */
type Forbidden = "scope" | "cross-site" | "no-header" | "media-type" | "insecure"

const signIns = Metric.counter("usher_admin_sign_ins_total", {
  description: "Sign-ins to the dashboard, accepted or by reason of the refusal",
  incremental: true
})
const refusals = Metric.counter("usher_admin_refused_total", {
  description: "Refused requests to the admin API with a token or a session, by reason",
  incremental: true
})

/** The rate and burst of audit entries about refusals. */
const perMinute = 6
const burst = 30

/** Audit entries about one client per minute. */
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
    /** Records an invalid secret. Fails if the client has sent too many. */
    failed: Effect.fnUntraced(function* (via: Via, reason: Unauthenticated) {
      yield* count(via, reason)
      const failures = yield* countFailure
      if (failures <= perClient) yield* record(via, reason, nobody)
    }),
    /** Records a refused request, with the name of the token if it is known. */
    refused: Effect.fnUntraced(function* (via: Via, reason: Forbidden, who: string = nobody) {
      yield* count(via, reason)
      yield* record(via, reason, who)
    })
  }
})

export class SignIns extends Context.Service<SignIns>()("@usher/admin/SignIns", { make }) {
  static readonly layer = Layer.effect(this, this.make)
}
