import { Effect, Result, SubscriptionRef } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import * as Api from "../../../Api.ts"
import * as Imports from "../../../Imports.ts"
import * as Problem from "../../../Problem.ts"
import { Member } from "@usher/core"
import { Import, Inbox, Spots } from "@usher/engine"
import { AuditLog } from "../../../AuditLog.ts"
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
        const { spot, liveId } = people
        const configured = (yield* SubscriptionRef.get(present)).get(spot)
        if (configured === undefined) {
          return yield* new Problem.NotFound({ detail: `There is no Spot ${spot} in the configuration.` })
        }
        const members = yield* read(people.members, configured.memberId)
        const webhook = Import.webhook({
          ...people,
          members,
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

/** The maximum number of problems in a response. */
const maxProblems = 20

/** Parses all members, or fails with the problems: a piece is accepted completely or not at all. */
const read = Effect.fnUntraced(function* (texts: ReadonlyArray<string>, memberId: RegExp | undefined) {
  const members: Array<string> = []
  const problems: Array<string> = []
  for (const [index, text] of texts.entries()) {
    Result.match(Member.parse(text, { memberId }), {
      onSuccess: (found) => members.push(...found),
      onFailure: ({ reason }) => problems.push(`members.${index}: it is ${Member.sayings[reason]}`)
    })
  }
  if (problems.length > 0) return yield* new Problem.Invalid({ problems: problems.slice(0, maxProblems) })
  if (members.length > Imports.maxMembers) {
    return yield* new Problem.Invalid({ problems: [`members: more than ${Imports.maxMembers} people`] })
  }
  return members
})
