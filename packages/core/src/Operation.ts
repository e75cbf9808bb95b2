/**
 * What a call to the API asks for, as its method and path say.
 */
import { Option, Schema } from "effect"

/**
 * `invite`: one person. `bulk`: many at once. `list`: the participants of a Live. `lives`, `speakers`, `members`, `groups`:
 * of these. `other`: anything else.
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
 * What a call asks for.
 *
 * @category models
 */
export type Operation = typeof Operation.Type

/**
 * What a call asks for, and of which Live.
 *
 * @category models
 */
export interface Asked {
  /** What it asks for. */
  readonly operation: Operation
  /** The id of the Live. Absent where the path names none. */
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
