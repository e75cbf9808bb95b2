/** Calls `@usher/core` over `fetch`, and converts its results to those of this package. */
import {
  Budget,
  type InviteError as Core,
  type InviteResult as CoreResult,
  LiveParticipants,
  type Participant as CoreParticipant
} from "@usher/core"
import { DateTime, Effect, Stream } from "effect"
import { FetchHttpClient } from "effect/http"
import type { ClientOptions } from "../../ClientOptions.ts"
import type { Invitation } from "../../Invitation.ts"
import type { EnsureResult, InviteResult } from "../../InviteResult.ts"
import type { ListOptions } from "../../ListOptions.ts"
import type { Participant } from "../../Participant.ts"
import { defined } from "../defined.ts"
import type { Rows } from "../rows.ts"
import { budgetOf, retrying } from "./budget.ts"
import { toRejection, toUnavailable, toUndecodable } from "./errors.ts"
import { readSettings } from "./settings.ts"

/** Calls that fail with an error of `@usher/core`, which `toError` understands. */
export interface Upstream {
  readonly invite: (invitation: Invitation) => Effect.Effect<Participant, Core.InviteError>
  readonly ensureInvited: (invitation: Invitation) => Effect.Effect<EnsureResult, Core.InviteError>
  /** One result for each row, in the order of the rows. */
  readonly inviteRows: <Row>(batch: Rows<Row>) => Stream.Stream<InviteResult<Row>, Core.InviteError>
  readonly list: (options: ListOptions) => Stream.Stream<Participant, Core.InviteError>
}

/** Throws an `InvalidOptionError` for invalid options. */
export const connect = (options: ClientOptions): Upstream => {
  const settings = readSettings(options)
  const budget = budgetOf(settings, options.limits)
  const participants = Effect.runSync(
    LiveParticipants.make(settings).pipe(
      Effect.provideService(
        Budget.Budget,
        options.retry === false ? budget : retrying(budget, options.retry)
      ),
      Effect.provide(FetchHttpClient.layer),
      Effect.provideService(
        FetchHttpClient.Fetch,
        options.fetch ?? ((...request) => globalThis.fetch(...request))
      ),
      // `fetch` would follow a redirect with a GET of another page.
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
    )
  )
  const invite = (invitation: Invitation) => participants.invite(defined(invitation))

  return {
    invite: (invitation) => Effect.map(invite(invitation), toParticipant),
    ensureInvited: (invitation) =>
      Effect.map(participants.ensureInvited(defined(invitation)), (ensured): EnsureResult =>
        ensured._tag === "Invited"
          ? { outcome: "Invited", participant: toParticipant(ensured.participant) }
          : { outcome: "AlreadyInvited" }
      ),
    inviteRows: <Row>({ member, options, rows }: Rows<Row>) =>
      Stream.map(
        participants.inviteRows({ ...defined(options), rows, memberOf: member }),
        ({ row, result }) => toResult(row, result)
      ),
    list: (options) => Stream.map(participants.list(defined(options)), toParticipant)
  }
}

const toParticipant = ({
  invitedAt,
  metrics,
  registeredAt,
  ...participant
}: CoreParticipant.Participant): Participant => ({
  ...participant,
  invitedAt: invitedAt === null ? null : DateTime.toDateUtc(invitedAt),
  registeredAt: registeredAt === null ? null : DateTime.toDateUtc(registeredAt),
  metrics: { ...metrics }
})

const toResult = <Row>(row: Row, result: CoreResult.InviteResult): InviteResult<Row> => {
  const { member } = result
  switch (result._tag) {
    case "Invited":
      return { outcome: "Invited", row, member, participant: toParticipant(result.participant) }
    case "AlreadyInvited":
      return { outcome: "AlreadyInvited", row, member }
    case "Undecodable":
      return { outcome: "Undecodable", row, member, error: toUndecodable(result.error) }
    case "Rejected":
      return { outcome: "Rejected", row, member, error: toRejection(result.error) }
    case "Unanswered":
      return { outcome: "Unanswered", row, member, error: toUnavailable(result.error) }
  }
}
