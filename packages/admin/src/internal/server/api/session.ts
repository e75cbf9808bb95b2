import { Effect, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import { AuditLog } from "../../../AuditLog.ts"
import { ipOf, userAgentOf } from "../client.ts"
import { unavailable } from "../problems.ts"
import * as sessionCookie from "../sessionCookie.ts"
import { Sessions } from "../Sessions.ts"
import { SignIns } from "../SignIns.ts"
import { Tokens } from "../Tokens.ts"

export const session = (publicUrl: string) =>
  HttpApiBuilder.group(
    Api.AdminApi,
    "session",
    Effect.fnUntraced(function* (handlers) {
      const tokens = yield* Tokens
      const sessions = yield* Sessions
      const signIns = yield* SignIns
      const audit = yield* AuditLog

      const signIn = Effect.fnUntraced(
        function* (token: string) {
          const request = yield* HttpServerRequest.HttpServerRequest
          if (!sessionCookie.isPossible(request, publicUrl)) {
            yield* signIns.refused("sign-in", "insecure")
            return yield* new Problem.Forbidden({
              detail:
                "Signing in requires https, except on the relay's own machine: over http, others on the network could read the session."
            })
          }
          const principal = yield* tokens.authenticate(Redacted.make(token))
          const ip = ipOf(request)
          const caller = { ...principal, via: "token", ip, isStillAllowed: Effect.succeed(true) } as const
          const { secret, expiresAt } = yield* audit
            .around(
              "session.signIn",
              {}
            )(sessions.begin({ token: principal.id, ip, userAgent: userAgentOf(request) }))
            .pipe(Effect.provideService(Access.Caller, caller))
          yield* signIns.accepted
          yield* sessionCookie.give(request, publicUrl, secret, expiresAt)
          return { name: principal.name, scope: principal.scope, via: "session" as const, expiresAt }
        },
        Effect.catchTag("NotAuthenticated", ({ reason, message }) =>
          Effect.andThen(signIns.failed("sign-in", reason), new Problem.Unauthorized({ detail: message }))
        ),
        unavailable
      )

      return handlers
        .handle("signIn", ({ payload: { token } }) => signIn(token))
        .handle("whoami", () => Effect.map(Access.Caller, ({ name, scope, via }) => ({ name, scope, via })))
        .handle(
          "signOut",
          Effect.fnUntraced(function* () {
            const { id, via } = yield* Access.Caller
            if (via === "session") yield* audit.around("session.signOut", {})(sessions.end(id))
            yield* sessionCookie.take(yield* HttpServerRequest.HttpServerRequest, publicUrl)
          }, unavailable)
        )
    })
  )
