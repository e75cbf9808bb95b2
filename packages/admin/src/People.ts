/**
 * One person: why they were or were not invited, and forgetting them.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization, Requires } from "./Access.ts"
import { Exact } from "./Exact.ts"
import { Invitation } from "./Invitations.ts"
import { Unavailable } from "./Problem.ts"
import { StoryEntry } from "./Story.ts"

/** An address or a Spot member id, however written: `Alice <alice@example.com>` is one. */
const Person = Schema.NonEmptyString.check(Schema.isMaxLength(1_000))

/**
 * @category schemas
 * @since 0.1.0
 */
export const Why = Schema.Struct({
  /** Newest first. */
  invitations: Schema.Array(Invitation),
  /** Of all their invitations together, in the order of time. */
  story: Schema.Array(StoryEntry),
  /** Whether there was more than is told here: the newest is. */
  truncated: Schema.Boolean
}).annotate({ identifier: "Why" })

/**
 * @category models
 * @since 0.1.0
 */
export interface Why extends Schema.Schema.Type<typeof Why> {}

/**
 * @category schemas
 * @since 0.1.0
 */
export const Forgotten = Schema.Struct({
  /** Of the person. */
  invitations: Schema.Int,
  /** Whose bodies are gone. */
  webhooks: Schema.Int
}).annotate({ identifier: "Forgotten" })

/**
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("people")
  .add(
    HttpApiEndpoint.post("why", "/people/why", {
      payload: Schema.Struct({ person: Person }),
      success: Why,
      error: Unavailable
    })
      .annotate(Requires, "read")
      .annotate(OpenApi.Summary, "One person's story, in the order of time"),
    HttpApiEndpoint.post("forget", "/people/forget", {
      payload: Schema.Struct({ person: Person }),
      success: Forgotten,
      error: Unavailable
    }).annotate(
      OpenApi.Summary,
      "Forget a person: address, attempts and bodies go, what is not sent is cancelled"
    )
  )
  .middleware(Exact)
  .middleware(Authorization)
