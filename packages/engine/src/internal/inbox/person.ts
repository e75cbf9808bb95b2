/** One person's name in the database: a hash that only this database's key can make, so that it tells nobody anything. */
import { createHmac, randomBytes } from "node:crypto"
import { Invitation } from "@usher/core"

/** A key for a new database. */
export const newKey = (): string => randomBytes(32).toString("base64")

/** From a member, however written, to the id of the person. */
export const keyOf = (key: string) => {
  const secret = Buffer.from(key, "base64")
  return (member: string): string =>
    createHmac("sha256", secret).update(Invitation.memberKey(member)).digest("base64url")
}
