/**
 * Long work answers with a stream of how far it is. Whoever closes the connection stops it: what is done stays done.
 */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { Unavailable } from "./Problem.ts"

/**
 * One step, or the end.
 *
 * @category schemas
 */
export const Progress = Schema.Struct({
  /** How many so far. */
  done: Schema.Int,
  /** Of how many, if that is known before. */
  total: Schema.NullOr(Schema.Int),
  /** Nothing follows. Without it the work was broken off. */
  ended: Schema.Boolean
}).annotate({ identifier: "Progress" })

/**
 * What the schema `Progress` decodes to.
 *
 * @category models
 */
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/**
 * As server-sent events.
 *
 * @category schemas
 */
export const ProgressStream = HttpApiSchema.StreamSse({ data: Progress, error: Unavailable })
