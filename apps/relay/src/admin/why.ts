/** Why a person was, or was not, invited: over all that is stored of them. */
import { Effect } from "effect"
import type { People } from "@usher/admin"
import type { Inbox } from "@usher/engine"
import { tell } from "./story.ts"
import * as wire from "./wire.ts"

/** Nobody reads more of one person. */
const mostInvitations = 200
const mostWebhooks = 500

export const why = Effect.fn("Admin.why")(function* (
  inbox: Inbox.Inbox["Service"],
  person: string
): Effect.fn.Return<People.Why, Inbox.InboxUnavailable> {
  const invitations = yield* inbox.searchInvitations({ person }, { limit: mostInvitations })
  const webhooks = yield* inbox.searchWebhooks({ person }, { limit: mostWebhooks })
  const told = yield* Effect.forEach(invitations.items, (invitation) =>
    Effect.map(inbox.attempts(invitation.id), (attempts) => ({ invitation, attempts }))
  )
  return {
    invitations: invitations.items.map(wire.invitation),
    story: tell(webhooks.items, told),
    truncated: invitations.next !== null || webhooks.next !== null
  }
})
