/**
 * The middleware of all calls to the API: it logs the call, applies the limits, and applies faults to calls within the
 * limits.
 */
import { Cause, Effect, Redacted } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Faults, Operation } from "@usher/core/testing"
import { Connection, isCut } from "./Connection.ts"
import { Ledger } from "./Ledger.ts"
import type { Verdict } from "./Limits.ts"

/** Calls with this key are those of the owner. */
export const layer = (secretKey: Redacted.Redacted) =>
  HttpRouter.middleware(
    Effect.gen(function* () {
      const connection = yield* Connection
      const faults = yield* Faults.Faults
      const ledger = yield* Ledger
      const key = Redacted.value(secretKey)
      return Effect.fnUntraced(function* (handle) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { method, url: path, headers } = request
        if (!path.startsWith("/v1/")) return yield* handle
        const shown = headers["authorization"]
        const asked = Operation.read(method, path)
        const arrival = yield* ledger.arrive(
          { method, path, traceparent: headers["traceparent"] ?? null },
          asked.operation,
          shown === key || shown === `Bearer ${key}` ? "Owner" : "Stranger"
        )
        const isRefused = arrival.verdict.outcome === "Refused"
        const fault = isRefused ? undefined : yield* faults.next({ method, ...asked })
        if (fault !== undefined && !fault.pass) arrival.metFault()
        const response = isRefused ? Effect.succeed(refusal(arrival.verdict)) : handle
        return yield* (
          fault === undefined ? response : Faults.play(fault, response, connection.cut(request))
        ).pipe(
          Effect.tap(({ status }) => Effect.sync(() => arrival.answered(status))),
          Effect.tapCause((cause) =>
            isCut(cause) || Cause.hasInterrupts(cause)
              ? Effect.void
              : Effect.map(HttpServerError.causeResponse(cause), ([{ status }]) => arrival.answered(status))
          )
        )
      })
    }),
    { global: true }
  )

const refusal = ({ retryAfter }: Verdict) =>
  HttpServerResponse.empty({
    status: 429,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter }
  })
