import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "@usher/admin"
import { Inbox, type Insight, type SpotControl } from "@usher/engine"
import { AuditLog } from "../AuditLog.ts"
import { unavailable } from "../problems.ts"
import { why } from "../why.ts"

export const people = HttpApiBuilder.group(
  Api.AdminApi,
  "people",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const services = yield* Effect.context<Inbox.Inbox | Insight.Insight | SpotControl.SpotControl>()
    const audit = yield* AuditLog

    return handlers
      .handle("why", ({ payload: { person } }) =>
        audit
          .read("people.why", { person })
          .pipe(Effect.andThen(Effect.provideContext(why(person), services)), unavailable)
      )
      .handle("forget", ({ payload: { person } }) =>
        unavailable(
          audit.around("people.forget", { person })(
            inbox.forget(person),
            ({ invitations, webhooks }) => `${invitations} invitations, ${webhooks} webhooks`
          )
        )
      )
  })
)
