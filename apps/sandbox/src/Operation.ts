/** What a call to the API asks for, as its method and path say. */
import { Option, Schema } from "effect"

export const Operation = Schema.Literals(["invite", "bulk", "list", "other"])

export type Operation = typeof Operation.Type

export interface Asked {
  readonly operation: Operation
  /** Absent where the path names no Live. */
  readonly liveId?: string
}

const participants = /^\/v1\/lives\/([^/?]+)\/participants(~bulkInvite)?(?:\?|$)/

const unescape = Option.liftThrowable(decodeURIComponent)

export const read = (method: string, url: string): Asked => {
  const [, escaped, bulk] = participants.exec(url) ?? []
  if (escaped === undefined) return { operation: "other" }
  const liveId = Option.getOrElse(unescape(escaped), () => escaped)
  if (method === "POST") return { operation: bulk === undefined ? "invite" : "bulk", liveId }
  return { operation: method === "GET" && bulk === undefined ? "list" : "other", liveId }
}
