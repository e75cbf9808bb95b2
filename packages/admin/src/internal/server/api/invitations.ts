import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Page from "../../../Page.ts"
import * as Problem from "../../../Problem.ts"
import { type LiveCatalog, Operations, Reporting, type SpotControl, type Spots } from "@usher/engine"
import { AuditLog, recordSearch } from "../../../AuditLog.ts"
import { namesOf } from "../liveNames.ts"
import { unavailable } from "../problems.ts"
import { storyOf } from "../story.ts"
import { whyWaiting } from "../waiting.ts"
import * as wire from "../wire.ts"

/** The story covers at most this many webhooks. */
const maxWebhooks = 500

export const invitations = HttpApiBuilder.group(
  Api.AdminApi,
  "invitations",
  Effect.fnUntraced(function* (handlers) {
    const operations = yield* Operations.Operations
    const insight = yield* Reporting.Reporting
    const audit = yield* AuditLog
    const services = yield* Effect.context<LiveCatalog.LiveCatalog | SpotControl.SpotControl | Spots.Spots>()

    return handlers
      .handle("search", ({ payload: { limit = Page.defaultLimit, after, ...filter } }) =>
        recordSearch(audit, "invitations.search", filter).pipe(
          Effect.andThen(operations.searchInvitations(filter, { limit, after })),
          unavailable
        )
      )
      .handle(
        "get",
        Effect.fnUntraced(function* ({ params: { id } }) {
          yield* audit.read("invitations.get", { id })
          const { items } = yield* operations.searchInvitations({ ids: [id] }, { limit: 1 })
          const [invitation] = items
          if (invitation === undefined) {
            return yield* new Problem.NotFound({ detail: `There is no invitation ${id}, or it was purged.` })
          }
          const attempts = yield* operations.attempts(id)
          const ids = invitation.webhookIds.slice(-maxWebhooks)
          const webhooks = yield* operations.searchWebhooks({ ids }, { limit: maxWebhooks })
          return {
            invitation,
            attempts: attempts.map(wire.attempt),
            story: storyOf(webhooks.items, [{ invitation, attempts }], {
              resent: yield* insight.resent(ids),
              forgottenAt: yield* insight.forgottenAt(id),
              nameOf: yield* Effect.provideContext(namesOf([invitation]), services),
              whyWaiting: yield* Effect.provideContext(whyWaiting([invitation]), services)
            })
          }
        }, unavailable)
      )
  })
)
