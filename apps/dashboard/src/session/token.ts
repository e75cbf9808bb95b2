/**
 * A token in the address, as in `…/#token=usher_…`, which the demo prints. Browsers never send this part of an address.
 * The page takes the token whether or not somebody is signed in, so that it never stays in the history.
 */
import { useSyncExternalStore } from "react"

let token = ""
const listeners = new Set<() => void>()

const take = () => {
  const [, given] = /^#\/?token=(.+)$/.exec(window.location.hash) ?? []
  if (given === undefined) return
  window.history.replaceState(null, "", "#/")
  token = given
  for (const listener of listeners) listener()
}

/** Takes tokens from now on. */
export const takeTokens = () => {
  take()
  // Before the router sees the address.
  window.addEventListener("hashchange", take)
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

/** The last token of an address that nobody has used yet. Empty without one. */
export const useGivenToken = (): string => useSyncExternalStore(subscribe, () => token)

export const forgetToken = () => {
  token = ""
  for (const listener of listeners) listener()
}
