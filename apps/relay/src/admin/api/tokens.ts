import { Effect, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Problem } from "@usher/admin"
import { AuditLog } from "../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { Tokens } from "../Tokens.ts"

export const tokens = HttpApiBuilder.group(
  Api.AdminApi,
  "tokens",
  Effect.fnUntraced(function* (handlers) {
    const tokens = yield* Tokens
    const audit = yield* AuditLog

    return handlers
      .handle("list", () => unavailable(tokens.list))
      .handle("create", ({ payload }) =>
        audit
          .around(
            "tokens.create",
            payload
          )(tokens.create(payload))
          .pipe(
            Effect.map(({ secret, token }) => ({ secret: Redacted.value(secret), token })),
            Effect.catchTag("NameTaken", ({ message }) => new Problem.Conflict({ detail: message })),
            unavailable
          )
      )
      .handle("revoke", ({ params: { id } }) =>
        unavailable(
          audit.around("tokens.revoke", { id })(
            Effect.flatMap(tokens.revoke(id), (revoked) =>
              revoked ? Effect.void : new Problem.NotFound({ detail: `There is no token ${id}.` })
            )
          )
        )
      )
  })
)
