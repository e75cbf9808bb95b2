/** The web address of a Live, pasted where its id belongs. */

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/** Whether a text is an address, with or without its scheme. No id holds a slash. */
export const isAddress = (text: string): boolean => text.includes("/")

/** The id in the address: the one after `lives`, else the only one. */
export const idIn = (address: string): string | undefined => {
  const ids = [...address.matchAll(uuid)]
  const named = ids.find(({ index }) => /\/(?:lives?|events?)\/[^/]*$/i.test(address.slice(0, index)))
  return (named ?? (ids.length === 1 ? ids[0] : undefined))?.[0]
}

/** What to write in its place. Only an id is quoted of it. */
export const reason = (address: string): string => {
  const id = idIn(address)
  return `this is a web address: give only the id of the Live${id === undefined ? "" : `, which is ${id}`}`
}
