/**
 * The operation of a call to the API, by its method and path.
 */
import { Option, Schema } from "effect"

/**
 * `invite`: one person. `bulk`: many at once. `list`: the participants of a Live. `lives`, `speakers`, `members`, `groups`:
 * those resources. `other`: anything else.
 *
 * @category schemas
 */
export const Operation = Schema.Literals([
  "invite",
  "bulk",
  "list",
  "lives",
  "speakers",
  "members",
  "groups",
  "other"
])

/**
 * The operation of a call.
 *
 * @category models
 */
export type Operation = typeof Operation.Type

/**
 * The operation of a call, and its Live.
 *
 * @category models
 */
export interface Asked {
  /** The operation. */
  readonly operation: Operation
  /** The id of the Live. Absent if the path names none. */
  readonly liveId?: string
}

const ofLive = /^\/v1\/lives\/([^/?]+)(\/participants(?:~bulkInvite)?|\/speakers~bulkInvite)?(?:\?|$)/

/** Calls that concern no single Live. */
const others: ReadonlyArray<readonly [pattern: RegExp, operation: Operation]> = [
  [/^GET \/v1\/lives(?:\?|$)/, "lives"],
  [/^GET \/v1\/spotMembers(?:\/[^/?]+)?(?:\?|$)/, "members"],
  [/^GET \/v1\/groups(?:\/[^/?]+\/spotMembers)?(?:\?|$)/, "groups"],
  [/^POST \/v1\/groups\/[^/?]+\/spotMembers(?:~bulkAdd)?(?:\?|$)/, "groups"]
]

const operations: Readonly<Record<string, Operation>> = {
  "GET ": "lives",
  "POST /participants": "invite",
  "POST /participants~bulkInvite": "bulk",
  "GET /participants": "list",
  "POST /speakers~bulkInvite": "speakers"
}

const unescape = Option.liftThrowable(decodeURIComponent)

/**
 * Reads the method and the path of a request.
 *
 * @category constructors
 */
export const read = (method: string, url: string): Asked => {
  const [, escaped, below = ""] = ofLive.exec(url) ?? []
  if (escaped === undefined) {
    const [, operation = "other"] = others.find(([pattern]) => pattern.test(`${method} ${url}`)) ?? []
    return { operation }
  }
  const liveId = Option.getOrElse(unescape(escaped), () => escaped)
  return { operation: operations[`${method} ${below}`] ?? "other", liveId }
}
