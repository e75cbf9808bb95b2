/**
 * People: why a person was or was not invited, and forgetting a person.
 */
import { DateTime, Order, Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Forgotten, type ForgottenCounts } from "@usher/model/Forgotten"
import { SearchPosition } from "@usher/model/Search"
import { Time } from "@usher/model/Time"
import { Requires } from "./Access.ts"
import { Invitation } from "./Invitations.ts"
import { NotAPerson } from "./Problem.ts"
import { StoryEntry } from "./Story.ts"

/** An address or a Spot member id in any spelling, such as `Alice <alice@example.com>`. */
const Person = Schema.NonEmptyString.check(Schema.isMaxLength(1_000))

/**
 * Whether a person was invited, by one invitation or by one delivery: `yes`, `not_yet` while something waits, `no`,
 * `unknown` after its invitations were purged, or `forgotten` for an invitation of a person who was forgotten.
 *
 * @category schemas
 */
export const Answer = Schema.Struct({
  /** The answer in a word. */
  verdict: Schema.Literals(["yes", "not_yet", "no", "unknown", "forgotten"]),
  /** The answer with its reason, as a sentence for people. Names a Live by its title and id, and the person not at all. */
  text: Schema.String,
  /**
   * When the invitation ended or, while it is open, was created; when its person was forgotten; when a delivery was
   * received.
   */
  at: Time,
  /** For `not_yet`: when the wait ends, if known. */
  until: Schema.optionalKey(Time),
  /** The Spot's name. */
  spot: Schema.optionalKey(Schema.String),
  /** The Live's id. */
  liveId: Schema.optionalKey(Schema.String),
  /** The id of the invitation. */
  invitationId: Schema.optionalKey(Schema.String),
  /** The id of a webhook that names the person and created no invitation for them. */
  webhookId: Schema.optionalKey(Schema.String),
  /** The id of a refused delivery that names the person. */
  quarantinedId: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Answer" })

/**
 * What the schema `Answer` decodes to.
 *
 * @category models
 */
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/**
 * The verdict of an answer as the word that begins its sentence.
 *
 * @category accessors
 */
export const wordOf = ({ verdict }: Pick<Answer, "verdict">): string =>
  ({ yes: "Yes.", not_yet: "Not yet.", no: "No.", unknown: "Unknown.", forgotten: "Forgotten." })[verdict]

/**
 * All data about one person. The relay reads bodies for a limited time: while `next` is not null, call again with its
 * `after` for the answers and the story of the deliveries that are read then.
 *
 * @category schemas
 */
export const Why = Schema.Struct({
  /** One for each invitation, and for each delivery that created none, newest first. Empty if nothing is found. */
  answers: Schema.Array(Answer),
  /** Newest first. */
  invitations: Schema.Array(Invitation),
  /** The story of all their invitations, oldest first. */
  story: Schema.Array(StoryEntry),
  /** Whether older invitations or webhooks are left out. */
  truncated: Schema.Boolean,
  /** Whether bodies are searched. False for a member id of less than 8 characters, which means something else in a body. */
  isSearched: Schema.Boolean,
  /** Where the search of bodies continues. Null once everything is searched. */
  next: Schema.NullOr(SearchPosition)
}).annotate({ identifier: "Why" })

/**
 * What the schema `Why` decodes to.
 *
 * @category models
 */
export interface Why extends Schema.Schema.Type<typeof Why> {}

/**
 * Newest first. Deliveries with equal sentences are one answer, the newest.
 *
 * @category accessors
 */
export const sorted = (answers: ReadonlyArray<Answer>): ReadonlyArray<Answer> => {
  const newest = new Map<string, Answer>()
  for (const answer of answers.toSorted(Order.flip(byTime))) {
    const key = answer.invitationId ?? answer.text
    if (!newest.has(key)) newest.set(key, answer)
  }
  return [...newest.values()]
}

const byTime = Order.mapInput(DateTime.Order, ({ at }: { readonly at: DateTime.Utc }) => at)

/**
 * Adds what the next part of the search has found.
 *
 * @category accessors
 */
export const joined = (found: Why, part: Why): Why => ({
  ...found,
  answers: sorted([...found.answers, ...part.answers]),
  story: withoutRepeats([...found.story, ...part.story]).toSorted(byTime),
  next: part.next
})

/** Two parts may overlap if the relay searches faster the second time. */
const withoutRepeats = (story: ReadonlyArray<StoryEntry>): ReadonlyArray<StoryEntry> => [
  ...new Map(
    story.map((entry) => [
      `${entry.kind} ${DateTime.toEpochMillis(entry.at)} ${entry.webhookId} ${entry.quarantinedId} ${entry.invitationId}`,
      entry
    ])
  ).values()
]

/**
 * Where a search continues by itself: until it has read every delivery that invited nobody. It reads the webhooks that
 * invited others if nothing else names the person. Null: it ends here.
 *
 * @category accessors
 */
export const nextOf = ({ answers, next }: Pick<Why, "answers" | "next">): string | null =>
  next === null || (next.part === "mapped" && answers.length > 0) ? null : next.after

/**
 * One complete address, one complete Spot member id, or the exact text under which a person is stored.
 */
const WholePerson = Schema.String.check(Schema.isMaxLength(1_000))

const kinds: ReadonlyArray<readonly [keyof ForgottenCounts, one: string, many: string]> = [
  ["invitations", "invitation", "invitations"],
  ["cancelled", "of them not sent yet", "of them not sent yet"],
  ["attempts", "attempt", "attempts"],
  ["webhooks", "webhook", "webhooks"],
  ["unmappable", "of them unmappable", "of them unmappable"],
  ["waiting", "webhook not mapped yet", "webhooks not mapped yet"],
  ["deliveryIds", "delivery id", "delivery ids"],
  ["quarantined", "delivery in quarantine", "deliveries in quarantine"],
  ["inviters", "invitation by this person", "invitations by this person"],
  ["reasons", "reason of a pause or selection of a job", "reasons of pauses or selections of jobs"]
]

/**
 * Whether there is nothing to forget.
 *
 * @category guards
 */
export const isNothing = (found: Forgotten): boolean => kinds.every(([kind]) => found[kind] === 0)

/**
 * `2 invitations, 1 webhook`: the words of the plan, the result and the audit log. Kinds without a match are left out.
 *
 * @category accessors
 */
export const inWords = (found: Forgotten): string =>
  kinds
    .filter(([kind]) => found[kind] > 0)
    .map(([kind, one, many]) => `${found[kind].toLocaleString("en")} ${found[kind] === 1 ? one : many}`)
    .join(", ") || "nothing"

/**
 * `: they were forgotten on 2026-11-30` after a sentence that nothing is stored about a person. Empty if they were not
 * forgotten.
 *
 * @category accessors
 */
export const sinceForgotten = ({ forgottenAt }: Pick<Forgotten, "forgottenAt">): string =>
  forgottenAt === undefined ? "" : `: they were forgotten on ${DateTime.formatIsoDateUtc(forgottenAt)}`

/**
 * The endpoints of one person.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("people").add(
  HttpApiEndpoint.post("why", "/people/why", {
    payload: Schema.Struct({
      person: Person,
      /** `next.after` of the previous part. The answer then has no invitations. */
      after: Schema.optionalKey(Schema.String)
    }),
    success: Why
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "Whether and why a person was invited, and their story"),
  HttpApiEndpoint.post("forgetPlan", "/people/forget/plan", {
    payload: Schema.Struct({ person: WholePerson }),
    success: Forgotten,
    error: NotAPerson
  }).annotate(OpenApi.Summary, "Plan to forget a person. Changes nothing"),
  HttpApiEndpoint.post("forget", "/people/forget", {
    payload: Schema.Struct({ person: WholePerson }),
    success: Forgotten,
    error: NotAPerson
  }).annotate(
    OpenApi.Summary,
    "Forget a person: delete address, attempts and bodies, and cancel unsent invitations"
  )
)
