/**
 * What a call to the API asks for, as its method and path say.
 *
 * @since 0.1.0
 */
import { Option, Schema } from "effect"

/**
 * `invite`: one person. `bulk`: many at once. `list`: the participants of a Live. `other`: anything else.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Operation = Schema.Literals(["invite", "bulk", "list", "other"])

/**
 * What a call asks for.
 *
 * @category models
 * @since 0.1.0
 */
export type Operation = typeof Operation.Type

/**
 * What a call asks for, and of which Live.
 *
 * @category models
 * @since 0.1.0
 */
export interface Asked {
  /** What it asks for. */
  readonly operation: Operation
  /** The id of the Live. Absent where the path names none. */
  readonly liveId?: string
}

const participants = /^\/v1\/lives\/([^/?]+)\/participants(~bulkInvite)?(?:\?|$)/

const unescape = Option.liftThrowable(decodeURIComponent)

/**
 * Reads the method and the path of a request.
 *
 * @category constructors
 * @since 0.1.0
 */
export const read = (method: string, url: string): Asked => {
  const [, escaped, bulk] = participants.exec(url) ?? []
  if (escaped === undefined) return { operation: "other" }
  const liveId = Option.getOrElse(unescape(escaped), () => escaped)
  if (method === "POST") return { operation: bulk === undefined ? "invite" : "bulk", liveId }
  return { operation: method === "GET" && bulk === undefined ? "list" : "other", liveId }
}
