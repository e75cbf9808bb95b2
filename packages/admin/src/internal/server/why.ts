/** Explains why a person was, or was not, invited. */
import { Effect } from "effect"
import type * as People from "../../People.ts"
import {
  type Inbox,
  LiveCatalog,
  Operations,
  Reporting,
  SourcePauses,
  type SpotControl,
  type Spots
} from "@usher/engine"
import { namesOf } from "./liveNames.ts"
import { answersOf } from "./personAnswers.ts"
import { storyOf } from "./story.ts"
import { whyWaiting } from "./waiting.ts"

/** The maximum number of records of one person. */
const maxInvitations = 200
const maxWebhooks = 500

/** The services that `why` reads. */
export type Services =
  | LiveCatalog.LiveCatalog
  | Operations.Operations
  | Reporting.Reporting
  | SourcePauses.SourcePauses
  | SpotControl.SpotControl
  | Spots.Spots

export const why = Effect.fn("Admin.why")(function* (
  person: string,
  { after }: { readonly after?: string | undefined } = {}
): Effect.fn.Return<People.Why, Inbox.InboxUnavailable, Services> {
  const operations = yield* Operations.Operations
  const insight = yield* Reporting.Reporting
  const isFirst = after === undefined
  const invitations = isFirst
    ? yield* operations.searchInvitations({ person }, { limit: maxInvitations })
    : nothing
  const theirs = isFirst ? yield* operations.searchWebhooks({ person }, { limit: maxWebhooks }) : nothing
  const { webhooks: named, refused, isSearched, next } = yield* operations.mentions(person, { after })
  const webhooks = [...theirs.items, ...named]
  const records = yield* Effect.forEach(invitations.items, (invitation) =>
    Effect.map(operations.attempts(invitation.id), (attempts) => ({ invitation, attempts }))
  )
  const mapped = named.filter(({ status }) => status === "mapped").map(({ id }) => id)
  const invitedOthers = new Set((yield* operations.people(mapped)).keys())
  const forgotten = invitations.items.find(({ member }) => member === null)
  const forgottenAt = forgotten === undefined ? null : yield* insight.forgottenAt(forgotten.id)
  const nameOf = yield* namesOf(invitations.items)
  const waiting = yield* whyWaiting(invitations.items)
  const paused = new Map(
    (yield* SourcePauses.SourcePauses.use(({ list }) => list)).map((one) => [one.source, one])
  )
  return {
    answers: answersOf({
      records,
      webhooks: named,
      invitedOthers,
      refused,
      nameOf,
      whyWaiting: waiting,
      paused,
      forgottenAt
    }),
    invitations: invitations.items,
    story: storyOf(webhooks, records, {
      refused,
      resent: yield* insight.resent(webhooks.map(({ id }) => id)),
      forgottenAt,
      nameOf,
      whyWaiting: waiting
    }),
    truncated: invitations.next !== null || theirs.next !== null,
    isSearched,
    next
  }
})

const nothing = { items: [], next: null }
