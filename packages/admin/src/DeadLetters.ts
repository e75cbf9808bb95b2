/**
 * Invitations that ended without success, grouped by what went wrong.
 */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { Authorization } from "./Access.ts"
import { Exact } from "./Exact.ts"
import { Unavailable } from "./Problem.ts"

/**
 * Dead letters of one Live with the same cause.
 *
 * @category schemas
 * @since 0.1.0
 */
export const DeadLetterGroup = Schema.Struct({
  /** `rejected` by the upstream, or `exhausted` after the last attempt. */
  status: Schema.Literals(["rejected", "exhausted"]),
  /** The tag of the last attempt's error. */
  error: Schema.NullOr(Schema.String),
  /** The Spot's name. */
  spot: Schema.String,
  /** The Live's id. */
  liveId: Schema.String,
  /** Among the newest 50,000 dead letters. */
  count: Schema.Int,
  /** The newest of them: its attempts tell more. */
  newestId: Schema.String
}).annotate({ identifier: "DeadLetterGroup" })

/**
 * What the schema `DeadLetterGroup` decodes to.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeadLetterGroup extends Schema.Schema.Type<typeof DeadLetterGroup> {}

/**
 * The endpoint of dead letters.
 *
 * @category endpoints
 * @since 0.1.0
 */
export const group = HttpApiGroup.make("deadLetters")
  .add(
    HttpApiEndpoint.get("list", "/dead-letters", {
      success: Schema.Array(DeadLetterGroup),
      error: Unavailable
    }).annotate(OpenApi.Summary, "Dead letters by cause, the most first; at most 500 groups")
  )
  .middleware(Exact)
  .middleware(Authorization)
