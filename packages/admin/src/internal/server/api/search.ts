import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import { Operations, Sources } from "@usher/engine"
import { AuditLog, recordSearch } from "../../../AuditLog.ts"
import { unavailable } from "../problems.ts"
import * as wire from "../wire.ts"

export const search = HttpApiBuilder.group(
  Api.AdminApi,
  "search",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const sources = yield* Sources.Sources
    const audit = yield* AuditLog

    return handlers.handle(
      "all",
      Effect.fnUntraced(function* ({ payload: { text, after } }) {
        yield* recordSearch(audit, "search", { text })
        const found = yield* operations.lookUp(text, { after, sources: yield* sources.current })
        const { lives, webhookIds, invitationIds, refused, people, next } = found
        const webhooks = yield* operations.searchWebhooks({ ids: webhookIds }, { limit: maxShown })
        const invitations = yield* operations.searchInvitations({ ids: invitationIds }, { limit: maxShown })
        return {
          lives,
          webhooks: webhooks.items.map(wire.webhook),
          invitations: invitations.items,
          quarantined: refused,
          people,
          next
        }
      }, unavailable)
    )
  })
)

/** The most items of a kind in one answer. */
const maxShown = 500
