/** What a call to the API asks for, as its method and path say. */
import { Option, Schema } from "effect"

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

export type Operation = typeof Operation.Type

export interface Asked {
  readonly operation: Operation
  /** Absent where the path names no Live. */
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

export const read = (method: string, url: string): Asked => {
  const [, escaped, below = ""] = ofLive.exec(url) ?? []
  if (escaped === undefined) {
    const [, operation = "other"] = others.find(([pattern]) => pattern.test(`${method} ${url}`)) ?? []
    return { operation }
  }
  const liveId = Option.getOrElse(unescape(escaped), () => escaped)
  return { operation: operations[`${method} ${below}`] ?? "other", liveId }
}
