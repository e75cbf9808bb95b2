/**
 * People: why a person was or was not invited, and forgetting a person.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Forgotten } from "@usher/model/Forgotten"
import { Requires } from "./Access.ts"
import { Invitation } from "./Invitations.ts"
import { NotAPerson } from "./Problem.ts"
import { StoryEntry } from "./Story.ts"

/** An address or a Spot member id in any spelling, such as `Alice <alice@example.com>`. */
const Person = Schema.NonEmptyString.check(Schema.isMaxLength(1_000))

/**
 * All data about one person.
 *
 * @category schemas
 */
export const Why = Schema.Struct({
  /** Newest first. */
  invitations: Schema.Array(Invitation),
  /** The story of all their invitations, oldest first. */
  story: Schema.Array(StoryEntry),
  /** Whether older invitations or webhooks are left out. */
  truncated: Schema.Boolean
}).annotate({ identifier: "Why" })

/**
 * What the schema `Why` decodes to.
 *
 * @category models
 */
export interface Why extends Schema.Schema.Type<typeof Why> {}

/**
 * One complete address, one complete Spot member id, or the exact text under which a person is stored.
 */
const WholePerson = Schema.String.check(Schema.isMaxLength(1_000))

const kinds: ReadonlyArray<readonly [keyof Forgotten, one: string, many: string]> = [
  ["invitations", "invitation", "invitations"],
  ["cancelled", "of them not sent yet", "of them not sent yet"],
  ["attempts", "attempt", "attempts"],
  ["webhooks", "webhook", "webhooks"],
  ["unmappable", "of them unmappable", "of them unmappable"],
  ["waiting", "webhook not mapped yet", "webhooks not mapped yet"],
  ["deliveryIds", "delivery id", "delivery ids"],
  ["quarantined", "delivery in quarantine", "deliveries in quarantine"],
  ["inviters", "invitation by this person", "invitations by this person"],
  ["reasons", "reason of a pause", "reasons of pauses"]
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
 * The endpoints of one person.
 *
 * @category endpoints
 */
export const group = HttpApiGroup.make("people").add(
  HttpApiEndpoint.post("why", "/people/why", {
    payload: Schema.Struct({ person: Person }),
    success: Why
  })
    .annotate(Requires, "read")
    .annotate(OpenApi.Summary, "The invitations and the story of one person"),
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
