/** One person's name in the database: a hash that only this database's key can make, so that it tells nobody anything. */
import { createHmac } from "node:crypto"
import { Effect, Result } from "effect"
import { Base64 } from "effect/encoding"
import type { SqlClient, Statement } from "effect/sql"
import { Invitation, Member } from "@usher/core"
import { RandomBytes } from "../../runtime/randomBytes.ts"

/** A key for a new database. */
export const newKey: Effect.Effect<string> = Effect.map(RandomBytes, (bytes) => Base64.encode(bytes(32)))

/** From a member, however written, to the id of the person. */
export const keyOf = (key: string) => {
  const secret = Buffer.from(key, "base64")
  return (member: string): string =>
    createHmac("sha256", secret).update(Invitation.memberKey(member)).digest("base64url")
}

/** Addresses of clients differ from every other use of the database's key. */
const purpose = "usher: the address of a client\n"

/** Makes digests of clients' addresses; empty where the client is not known. */
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

/** Whatever its Spot calls an id: a look-up knows no Spot. */
export const anyId = /.+/u

/** The one person that somebody who looks for them writes; the text itself where it names none, or several. */
export const meant = (text: string): string => {
  const members = Result.getOrElse(Member.parse(text, { memberId: anyId }), () => [])
  const [only] = members
  return only !== undefined && members.length === 1 ? only : text.trim()
}

/**
 * The id of the person that a text names: of the very text, where an older version has stored it as a member, else of
 * the member in it.
 */
export const lookUp = (
  sql: SqlClient.SqlClient,
  personOf: (member: string) => string,
  text: string
): Statement.Fragment => {
  const [exact, parsed] = [personOf(text), personOf(meant(text))]
  return exact === parsed
    ? sql`${exact}`
    : sql`COALESCE((SELECT id FROM people WHERE id = ${exact}), ${parsed})`
}
