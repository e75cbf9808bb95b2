import { Effect, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import * as Problem from "../../../Problem.ts"
import { AuditLog } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { Sessions } from "../Sessions.ts"
import { Tokens } from "../Tokens.ts"

export const tokens = HttpApiBuilder.group(
  Api.AdminApi,
  "tokens",
  Effect.fnUntraced(function* (handlers) {
    const tokens = yield* Tokens
    const sessions = yield* Sessions
    const audit = yield* AuditLog

    const found = (what: string, id: string) => (isThere: boolean) =>
      isThere ? Effect.void : new Problem.NotFound({ detail: `There is no ${what} ${id}.` })

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
          audit.around("tokens.revoke", { id })(Effect.flatMap(tokens.revoke(id), found("token", id)))
        )
      )
      .handle(
        "sessions",
        Effect.fnUntraced(function* ({ query: { tokenId } }) {
          return yield* sessions.list(tokenId, yield* currentSession)
        }, unavailable)
      )
      .handle("endSession", ({ params: { id } }) =>
        unavailable(
          audit.around("tokens.endSession", { id })(Effect.flatMap(sessions.end(id), found("session", id)))
        )
      )
      .handle(
        "endOtherSessions",
        Effect.fnUntraced(function* () {
          const end = sessions.endOthers(yield* currentSession)
          return { ended: yield* audit.around("tokens.endOtherSessions", {})(end, String) }
        }, unavailable)
      )
      .handle("endSessions", ({ params: { id } }) =>
        unavailable(
          audit.around("tokens.endSessions", { token: id })(
            Effect.map(sessions.endAll(id), (ended) => ({ ended })),
            ({ ended }) => `${ended}`
          )
        )
      )
  })
)

/** The id of the session that this request uses, if any. */
const currentSession = Effect.map(Access.Caller, ({ id, via }) => (via === "session" ? id : undefined))
