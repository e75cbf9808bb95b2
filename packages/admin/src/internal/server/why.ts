/** Explains why a person was, or was not, invited. */
import { DateTime, Effect } from "effect"
import type * as People from "../../People.ts"
import { Inbox, Reporting, Operations, SpotControl } from "@usher/engine"
import { Hold } from "@usher/model"
import type { StoredInvitation } from "@usher/model/Invitation"
import { storyOf, type WhyWaiting } from "./story.ts"

/** The maximum number of records of one person. */
const maxInvitations = 200
const maxWebhooks = 500

export const why = Effect.fn("Admin.why")(function* (
  person: string
): Effect.fn.Return<
  People.Why,
  Inbox.InboxUnavailable,
  Operations.Operations | Reporting.Reporting | SpotControl.SpotControl
> {
  const operations = yield* Operations.Operations
  const insight = yield* Reporting.Reporting
  const invitations = yield* operations.searchInvitations({ person }, { limit: maxInvitations })
  const theirs = yield* operations.searchWebhooks({ person }, { limit: maxWebhooks })
  const known = new Set(theirs.items.map(({ id }) => id))
  const named = (yield* insight.mentions(person)).filter(({ id }) => !known.has(id))
  const webhooks = [...theirs.items, ...named]
  const records = yield* Effect.forEach(invitations.items, (invitation) =>
    Effect.map(operations.attempts(invitation.id), (attempts) => ({ invitation, attempts }))
  )
  const [first] = invitations.items
  return {
    invitations: invitations.items,
    story: storyOf(webhooks, records, {
      resent: yield* insight.resent(webhooks.map(({ id }) => id)),
      forgottenAt: first === undefined ? null : yield* insight.forgottenAt(first.id),
      whyWaiting: yield* whyWaiting
    }),
    truncated: invitations.next !== null || theirs.next !== null
  }
})

/** Explains why a pending invitation waits: its Spot is held, its Live is parked, or it is not due yet. */
export const whyWaiting: Effect.Effect<WhyWaiting, Inbox.InboxUnavailable, SpotControl.SpotControl> =
  Effect.gen(function* () {
    const control = yield* SpotControl.SpotControl
    const spots = new Map((yield* control.all).map((state) => [state.spot, state]))
    const parked = yield* control.parked
    return ({ spot, liveId, dueAt }: StoredInvitation) => {
      const state = spots.get(spot)
      if (state?.paused != null) return `while the Spot ${spot} is paused: ${state.paused.reason}`
      const live = parked.find((one) => one.spot === spot && one.liveId === liveId)
      if (live !== undefined) return `while the Live ${liveId} is parked: MeltingSpot does not know it`
      const hold = Hold.of(state)
      if (hold === null || hold.until === null) return
      const own = DateTime.isGreaterThan(dueAt, hold.until) ? "for its next attempt, " : ""
      const what =
        hold.state === "cooldown"
          ? `the Spot ${spot} is in cooldown`
          : `the circuit of the Spot ${spot} is open`
      return `${own}while ${what} until ${DateTime.formatIso(hold.until)}: ${hold.reason}`
    }
  })
