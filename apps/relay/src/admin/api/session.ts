import { Effect, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Access, Api, Problem } from "@usher/admin"
import { AuditLog } from "../AuditLog.ts"
import { setCookie, takeCookie } from "../Authorization.ts"
import { unavailable } from "../problems.ts"
import { SignInLimit } from "../SignInLimit.ts"
import { Tokens } from "../Tokens.ts"

/** A cookie that is `secure` does not come back over plain HTTP, which a relay on one's own machine speaks. */
export const session = (isSecure: boolean) =>
  HttpApiBuilder.group(
    Api.AdminApi,
    "session",
    Effect.fnUntraced(function* (handlers) {
      const tokens = yield* Tokens
      const limit = yield* SignInLimit
      const audit = yield* AuditLog

      return handlers
        .handle(
          "signIn",
          Effect.fnUntraced(function* ({ payload: { token } }) {
            const known = yield* tokens.recognise(Redacted.make(token))
            if (known === undefined) {
              yield* limit.failed
              return yield* new Problem.Unauthorized({
                detail: "This token is not known, has expired or was revoked."
              })
            }
            const { secret, expiresAt } = yield* audit
              .around(
                "session.signIn",
                {}
              )(tokens.beginSession(known))
              .pipe(Effect.provideService(Access.Caller, { ...known, via: "token" }))
            yield* setCookie(secret, expiresAt, isSecure)
            return { name: known.name, scope: known.scope, via: "session" as const, expiresAt }
          }, unavailable)
        )
        .handle("whoami", () => Effect.map(Access.Caller, ({ name, scope, via }) => ({ name, scope, via })))
        .handle(
          "signOut",
          Effect.fnUntraced(function* () {
            const { id, via } = yield* Access.Caller
            if (via === "session") yield* tokens.endSession(id)
            yield* takeCookie(isSecure)
          }, unavailable)
        )
    })
  )
