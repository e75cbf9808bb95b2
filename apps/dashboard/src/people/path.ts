/** An address stands after `#`, where no server sees it. */
export const personPath = (person: string) => `/person/${encodeURIComponent(person)}`
