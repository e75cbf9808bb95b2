/** The text of a delivery id, as it is stored and compared. */
import { sha256HexOfUnits } from "./crypto.ts"

const hashed = "sha256:"

/**
 * The id itself where a database can keep it as it is. Any other is replaced by a hash over its UTF-16 code units, so that
 * no two ids become equal: a database shortens or replaces what is too long or not Unicode. An id that looks like such a
 * hash is hashed as well.
 */
export const storable = (id: string): string =>
  id.length > 255 || id.startsWith(hashed) || id.includes("\0") || !id.isWellFormed()
    ? hashed + sha256HexOfUnits(id)
    : id
