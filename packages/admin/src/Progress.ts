/**
 * The progress of long operations as a stream. If the client closes the connection, the operation stops; finished steps
 * are kept.
 */
import { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"
import { Unavailable } from "./Problem.ts"

/**
 * One step, or the end of the operation.
 *
 * @category schemas
 */
export const Progress = Schema.Struct({
  /** The number of items done. */
  done: Schema.Int,
  /** The total number, if known in advance. */
  total: Schema.NullOr(Schema.Int),
  /** Whether this is the last event. A stream without it was interrupted. */
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
