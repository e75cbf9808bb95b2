/**
 * The page keeps its location after `#`, which browsers never send. No log receives the name of a person, and no
 * screen collides with a path of a sender.
 */
import { useSyncExternalStore } from "react"
import { type BaseLocationHook, type BaseSearchHook, useSearch } from "wouter"

const listeners = new Set<() => void>()

// One listener of the browser for all parts of the page, so that React renders them together at the new address.
window.addEventListener("hashchange", () => {
  for (const listener of listeners) listener()
})

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const whole = () => window.location.hash.replace(/^#?\/?/, "/")

const pathOf = () => whole().split("?", 1)[0] ?? "/"

const searchOf = () => {
  const [, ...search] = whole().split("?")
  return search.join("?")
}

export const navigate = (to: string, { replace = false }: { readonly replace?: boolean } = {}) => {
  if (replace) window.history.replaceState(window.history.state, "", `#${to}`)
  else window.history.pushState(null, "", `#${to}`)
  window.dispatchEvent(new HashChangeEvent("hashchange"))
}

export const useLocationHook: BaseLocationHook = () => [useSyncExternalStore(subscribe, pathOf), navigate]

export const useSearchHook: BaseSearchHook = () => useSyncExternalStore(subscribe, searchOf)

export const hrefOf = (path: string) => `#${path}`

type Changes = Readonly<Record<string, string | null>>

/** The parameters in the address. `set` replaces the given ones and returns to the first page. `pathWith` is where it goes. */
export const useParameters = () => {
  const parameters = new URLSearchParams(useSearch())
  const pathWith = (changes: Changes) => {
    const next = new URLSearchParams(searchOf())
    next.delete("after")
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(name)
      else next.set(name, value)
    }
    return next.size === 0 ? pathOf() : `${pathOf()}?${next}`
  }
  const set = (changes: Changes, options?: { readonly replace?: boolean }) =>
    navigate(pathWith(changes), options)
  return { get: (name: string) => parameters.get(name) ?? "", set, pathWith }
}
