/** The id of a person: a hash keyed with this database's secret, so that it reveals nothing. */
import { createHmac } from "node:crypto"
import { Effect, Result } from "effect"
import { Base64 } from "effect/encoding"
import type { SqlClient, Statement } from "effect/sql"
import { Invitation, Member } from "@usher/core"
import { RandomBytes } from "../../runtime/randomBytes.ts"
import { mentionOf } from "../forget/mention.ts"

/** Generates the key of a new database. */
export const newKey: Effect.Effect<string> = Effect.map(RandomBytes, (bytes) => Base64.encode(bytes(32)))

/** Returns a function from a member, in any spelling, to the id of the person. */
export const keyOf = (key: string) => {
  const secret = Buffer.from(key, "base64")
  return (member: string): string =>
    createHmac("sha256", secret).update(Invitation.memberKey(member)).digest("base64url")
}

/** Keeps hashes of client addresses apart from other uses of the key. */
const purpose = "usher: the address of a client\n"

/** Returns a function that hashes client addresses; the hash of an unknown client is empty. */
export const clientDigests = (key: string) => {
  const secret = Buffer.from(key, "base64")
  return (client: string | undefined): string =>
    client === undefined
      ? ""
      : createHmac("sha256", secret)
          .update(purpose + client)
          .digest("base64url")
          .slice(0, 22)
}

/** Accepts any member id, because a search does not know the Spot. */
export const anyId = /.+/u

/** The person that a search text names. Returns the text itself if it names none or several. */
export const meant = (text: string): string => {
  const members = Result.getOrElse(Member.parse(text, { memberId: anyId }), () => [])
  const [only] = members
  return only !== undefined && members.length === 1 ? only : text.trim()
}

/**
 * The id of the person that a search text names, who may be stored in another spelling, such as the domain in Punycode. An id
 * of the exact text wins, because older versions stored texts as members.
 */
export const lookUp = (
  sql: SqlClient.SqlClient,
  personOf: (member: string) => string,
  text: string
): Statement.Fragment => {
  const member = meant(text)
  const id = personOf(member)
  const ids = [...new Set([text, member, ...mentionOf(member).members].map(personOf))]
  const known = ids.map((id) => sql`(SELECT id FROM people WHERE id = ${id})`)
  return ids.length === 1 ? sql`${id}` : sql`COALESCE(${sql.csv(known)}, ${id})`
}
