/** Detects the web address of a Live in place of its id. */

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi

/** Whether a text is an address, with or without a scheme. Ids have no slash. */
export const isAddress = (text: string): boolean => text.includes("/")

/** The id in the address: the one after `lives`, or else the only one. */
export const idIn = (address: string): string | undefined => {
  const ids = [...address.matchAll(uuid)]
  const named = ids.find(({ index }) => /\/(?:lives?|events?)\/[^/]*$/i.test(address.slice(0, index)))
  return (named ?? (ids.length === 1 ? ids[0] : undefined))?.[0]
}

/** The problem with the address. It quotes nothing but the id. */
export const reason = (address: string): string => {
  const id = idIn(address)
  return `this is a web address: give only the id of the Live${id === undefined ? "" : `, which is ${id}`}`
}
