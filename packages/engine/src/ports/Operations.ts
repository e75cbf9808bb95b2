/**
 * What operators do with stored webhooks and invitations: search, replay, map again, purge, forget a person.
 */
import { Context, type DateTime, type Effect, type Stream } from "effect"
import type { Backlog, Waiting } from "@usher/model/Backlog"
import type { InvitationStatus, StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import type { InvitationFilter, Page, PageOptions, Plan, Selection, WebhookFilter } from "@usher/model/Search"
import type { Webhook, WebhookStatus } from "@usher/model/Webhook"
import type { Forgotten } from "@usher/model/Forgotten"
import type { ForgetOptions, NotAPerson } from "./Forgetting.ts"
import type { InboxUnavailable } from "./Inbox.ts"

/**
 * Looks at what the store holds, and changes it on an operator's word.
 *
 * @category services
 */
export class Operations extends Context.Service<
  Operations,
  {
    /** Webhooks that match, newest first, page by page. */
    readonly searchWebhooks: (
      filter: WebhookFilter,
      page: PageOptions
    ) => Effect.Effect<Page<Webhook>, InboxUnavailable>

    /** Invitations that match, newest first, page by page. */
    readonly searchInvitations: (
      filter: InvitationFilter,
      page: PageOptions
    ) => Effect.Effect<Page<StoredInvitation>, InboxUnavailable>

    /** The webhook with this id; undefined if there is none. */
    readonly webhook: (id: string) => Effect.Effect<Webhook | undefined, InboxUnavailable>

    /** The invitations that a webhook asked for, oldest first. */
    readonly invitations: (
      webhookId: string
    ) => Effect.Effect<ReadonlyArray<StoredInvitation>, InboxUnavailable>

    /** The upstream calls that an invitation was in, oldest first. */
    readonly attempts: (invitationId: string) => Effect.Effect<ReadonlyArray<StoredAttempt>, InboxUnavailable>

    /** What waits to be mapped and sent, at the cost of reading some thousands of index entries. */
    readonly waiting: (spots: ReadonlyArray<string>) => Effect.Effect<Waiting, InboxUnavailable>

    /** What waits to be sent with one Spot, and how many calls it takes. */
    readonly backlog: (spot: string) => Effect.Effect<Backlog, InboxUnavailable>

    /** What `replay` of this selection would do. Changes nothing. */
    readonly plan: (selection: Selection<InvitationFilter>) => Effect.Effect<Plan, InboxUnavailable>

    /**
     * Makes ended invitations due again, in the lane of replays: dead letters, unless the selection names other statuses.
     * Leaves out those past their deadline, and people who were forgotten. Emits how many, step by step.
     */
    readonly replay: (selection: Selection<InvitationFilter>) => Stream.Stream<number, InboxUnavailable>

    /**
     * Has webhooks mapped again: unmappable ones, unless the selection names other statuses. Emits how many, step by step.
     */
    readonly remap: (selection: Selection<WebhookFilter>) => Stream.Stream<number, InboxUnavailable>

    /** Deletes what is old. Emits how many webhooks and invitations, step by step. */
    readonly purge: (options: PurgeOptions) => Stream.Stream<number, InboxUnavailable>

    /**
     * Forgets a person, who is given by one whole address, one whole Spot member id, or exactly a text under which they are
     * stored. Address, attempts and the bodies that name them go, in whatever spelling; invitations that are not sent yet
     * are cancelled. A keyed hash stays, so that duplicates are still known.
     */
    readonly forget: (
      person: string,
      options?: ForgetOptions
    ) => Effect.Effect<Forgotten, InboxUnavailable | NotAPerson>

    /** What `forget` would find. Changes nothing. */
    readonly forgetPlan: (
      person: string,
      options?: ForgetOptions
    ) => Effect.Effect<Forgotten, InboxUnavailable | NotAPerson>
  }
>()("@usher/engine/Operations") {}

/**
 * What to delete.
 *
 * @category options
 */
export interface PurgeOptions {
  /** What was received, or ended, before this time. */
  readonly before: DateTime.Utc
  /** Every invitation that has ended, and the bodies of all webhooks that are mapped, ignored or unmappable. */
  readonly all?: true | undefined
  /** Invitations with these statuses that have ended, with their attempts. Default: none, or with `all` every status. */
  readonly invitations?: ReadonlyArray<InvitationStatus> | undefined
  /** The bodies and headers of webhooks with these statuses. Default: none, or with `all` those that are done. */
  readonly webhooks?: ReadonlyArray<WebhookStatus> | undefined
  /** Deletes the delivery ids of webhooks without a body, too: a resend is then a new webhook. Default: false. */
  readonly deliveryIds?: boolean | undefined
}
