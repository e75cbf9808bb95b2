/** What operators do with stored webhooks and invitations: search, replay, map again, purge, and forget a person. */
import { Context, type DateTime, Duration, type Effect, type Stream } from "effect"
import type { Terms } from "@usher/model/Calls"
import type { Backlog, Waiting } from "@usher/model/Backlog"
import type { InvitationStatus, StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import type {
  CancelPlan,
  InvitationFilter,
  Page,
  PageOptions,
  Plan,
  RemapPlan,
  Selection,
  WebhookFilter
} from "@usher/model/Search"
import type { NamedPeople, Webhook, WebhookStatus } from "@usher/model/Webhook"
import type { Forgotten } from "@usher/model/Forgotten"
import type { ForgetOptions, NotAPerson } from "./Forgetting.ts"
import type { InboxUnavailable } from "./Inbox.ts"
import type { Lookup, Senders } from "./Lookup.ts"
import type { Mentions } from "./Mentions.ts"

/**
 * How long one call of a search reads before it returns what it has found, and where it continues. It reads at least one
 * batch. Default: 250 ms.
 *
 * @category references
 */
export const SearchTime = Context.Reference<Duration.Duration>("@usher/engine/Operations/SearchTime", {
  defaultValue: () => Duration.millis(250)
})

/**
 * Searches the store, and changes it on request of an operator.
 *
 * @category services
 */
export class Operations extends Context.Service<
  Operations,
  {
    /** Matching webhooks, newest first, page by page. One call searches for `SearchTime`. */
    readonly searchWebhooks: (
      filter: WebhookFilter,
      page: PageOptions
    ) => Effect.Effect<Page<Webhook>, InboxUnavailable>

    /** Matching invitations, newest first, page by page. One call searches for `SearchTime`. */
    readonly searchInvitations: (
      filter: InvitationFilter,
      page: PageOptions
    ) => Effect.Effect<Page<StoredInvitation>, InboxUnavailable>

    /** The webhook with this id. Undefined if there is none. */
    readonly webhook: (id: string) => Effect.Effect<Webhook | undefined, InboxUnavailable>

    /** The people of some webhooks, at most some hundreds, by the webhook's id. Those without invitations are left out. */
    readonly people: (
      webhookIds: ReadonlyArray<string>
    ) => Effect.Effect<ReadonlyMap<string, NamedPeople>, InboxUnavailable>

    /** The invitations that a webhook requested, oldest first. */
    readonly invitations: (
      webhookId: string
    ) => Effect.Effect<ReadonlyArray<StoredInvitation>, InboxUnavailable>

    /** The upstream calls that included an invitation, oldest first. */
    readonly attempts: (invitationId: string) => Effect.Effect<ReadonlyArray<StoredAttempt>, InboxUnavailable>

    /**
     * Deliveries that name a person, in any spelling, and invited them to nothing: webhooks and refused deliveries. One
     * call searches for `SearchTime`; `after` continues where the last one stopped.
     */
    readonly mentions: (
      person: string,
      options?: { readonly after?: string | undefined }
    ) => Effect.Effect<Mentions, InboxUnavailable>

    /**
     * What a text is known as: an id, a delivery id, a trace id, or a part of an address or of a Live's title. One call
     * searches for `SearchTime`; `after` continues where the last one stopped. The values of headers that operators can't
     * see are not searched: of the deliveries in quarantine of a source that is not among `sources`, nearly all.
     */
    readonly lookUp: (
      text: string,
      options?: { readonly after?: string | undefined; readonly sources?: Senders | undefined }
    ) => Effect.Effect<Lookup, InboxUnavailable>

    /**
     * How many webhooks wait for their mapping and how many invitations for dispatch. Reads some thousands of index
     * entries.
     */
    readonly waiting: (spots: ReadonlyArray<string>) => Effect.Effect<Waiting, InboxUnavailable>

    /** How many invitations of a Spot are pending, and how many calls of `batchSize` members they need. Default: 100. */
    readonly backlog: (spot: string, batchSize?: number) => Effect.Effect<Backlog, InboxUnavailable>

    /**
     * What `replay` would do with this selection. Changes nothing. A Spot that is not in `terms` sends as
     * `Calls.documented` says.
     */
    readonly plan: (
      selection: Selection<InvitationFilter>,
      terms?: ReadonlyMap<string, Terms>
    ) => Effect.Effect<Plan, InboxUnavailable>

    /**
     * Makes ended invitations due again, in the replay lane. If the selection names no statuses: by `ids` or `webhook`
     * those with a `ReplayableStatus`, otherwise dead letters. Skips invitations past their deadline and forgotten people.
     * Emits the number of invitations of each step.
     */
    readonly replay: (selection: Selection<InvitationFilter>) => Stream.Stream<number, InboxUnavailable>

    /** What `remap` would do with this selection. Changes nothing. */
    readonly remapPlan: (selection: Selection<WebhookFilter>) => Effect.Effect<RemapPlan, InboxUnavailable>

    /**
     * Maps webhooks again. Default: unmappable ones, unless the selection names statuses. Emits the number of webhooks
     * of each step.
     */
    readonly remap: (selection: Selection<WebhookFilter>) => Stream.Stream<number, InboxUnavailable>

    /** What `cancel` would do with this selection. Changes nothing. */
    readonly cancelPlan: (
      selection: Selection<InvitationFilter>
    ) => Effect.Effect<CancelPlan, InboxUnavailable>

    /**
     * Cancels pending invitations. One that is in a call stays as it is. Later webhooks do not send a cancelled invitation;
     * a replay does. Emits the number of invitations of each step.
     */
    readonly cancel: (
      selection: Selection<InvitationFilter>,
      options: CancelOptions
    ) => Stream.Stream<number, InboxUnavailable>

    /** Deletes old data. Emits the number of webhooks and invitations of each step. */
    readonly purge: (options: PurgeOptions) => Stream.Stream<number, InboxUnavailable>

    /** Counts what `purge` would delete. Changes nothing. */
    readonly purgePlan: (options: PurgeOptions) => Effect.Effect<PurgePlan, InboxUnavailable>

    /**
     * Forgets a person, identified by a whole address, a whole Spot member id, or the exact text under which they are
     * stored. Deletes the address, the attempts and all bodies that contain it, in any spelling. Cancels invitations
     * that are not sent yet. Keeps a keyed hash to detect duplicates.
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
 * Who cancels invitations.
 *
 * @category options
 */
export interface CancelOptions {
  /** The name of the operator, for the history of the invitation. */
  readonly by: string
}

/**
 * Which data to purge.
 *
 * @category options
 */
export interface PurgeOptions {
  /** Purges webhooks received and invitations ended before this time. */
  readonly before: DateTime.Utc
  /** Purges all ended invitations, and the bodies of all mapped, ignored and unmappable webhooks. */
  readonly all?: true | undefined
  /** Purges ended invitations with these statuses, and their attempts. Default: none, or with `all` every status. */
  readonly invitations?: ReadonlyArray<InvitationStatus> | undefined
  /**
   * Purges the bodies and headers of webhooks with these statuses. Default: none, or with `all` every processed status.
   */
  readonly webhooks?: ReadonlyArray<WebhookStatus> | undefined
  /** Also deletes the delivery ids of webhooks without a body. A redelivery is then a new webhook. Default: false. */
  readonly deliveryIds?: boolean | undefined
}

/**
 * The effect of a purge.
 *
 * @category models
 */
export interface PurgePlan {
  /** How many invitations are deleted. */
  readonly invitations: number
  /** How many webhooks lose their bodies and headers. */
  readonly webhooks: number
  /** How many webhooks also lose their delivery ids. 0 unless requested. */
  readonly deliveryIds: number
}
