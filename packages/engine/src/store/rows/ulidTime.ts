/** The time in a ULID: its first ten characters, in Crockford's base 32 (https://github.com/ulid/spec). */
import { DateTime } from "effect"

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const length = 10

/** The time in milliseconds since 1970; undefined if the text does not begin with a ULID. */
export const timeOfUlid = (ulid: string): number | undefined => {
  if (ulid.length < length) return undefined
  let time = 0
  for (const character of ulid.slice(0, length).toUpperCase()) {
    const digit = alphabet.indexOf(character)
    if (digit === -1) return undefined
    time = time * 32 + digit
  }
  return time
}

/** The time in an id such as `wh_01K…`. Null if the id has none. */
export const timeOfId = (id: string): DateTime.Utc | null => {
  const time = timeOfUlid(id.slice(id.indexOf("_") + 1))
  return time === undefined ? null : DateTime.makeUnsafe(time)
}
