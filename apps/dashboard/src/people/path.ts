/** An address stands after `#`, where no server sees it. */
export const personPath = (person: string) => `/person/${encodeURIComponent(person)}`

/** An address that somebody wrote by hand may be cut in the middle. */
export const personOf = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
