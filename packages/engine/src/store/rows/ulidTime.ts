/** The time in a ULID: its first ten characters, in Crockford's base 32 (https://github.com/ulid/spec). */
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
