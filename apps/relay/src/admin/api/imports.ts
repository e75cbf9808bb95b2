import { Effect, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Problem } from "@usher/admin"
import { Import, Inbox, Spots } from "@usher/engine"
import { AuditLog } from "../AuditLog.ts"
import { unavailable } from "../problems.ts"

export const imports = HttpApiBuilder.group(
  Api.AdminApi,
  "imports",
  Effect.fnUntraced(function* (handlers) {
    const inbox = yield* Inbox.Inbox
    const { present } = yield* Spots.Spots
    const audit = yield* AuditLog

    return handlers.handle(
      "add",
      Effect.fnUntraced(function* ({ payload: { invitedBy, notify, ...people } }) {
        const { spot, liveId, members } = people
        if (!(yield* SubscriptionRef.get(present)).has(spot)) {
          return yield* new Problem.NotFound({ detail: `There is no Spot ${spot} in the configuration.` })
        }
        const webhook = Import.webhook({
          ...people,
          ...(invitedBy === undefined ? {} : { invitedBySpotMemberId: invitedBy }),
          ...(notify === undefined ? {} : { withEmailNotification: notify })
        })
        const around = audit.around("imports.add", { spot, liveId, people: members.length })
        const { id, duplicate } = yield* around(inbox.accept(webhook), ({ duplicate }) =>
          duplicate ? "as before" : "new"
        )
        return { webhookId: id, duplicate }
      }, unavailable)
    )
  })
)
