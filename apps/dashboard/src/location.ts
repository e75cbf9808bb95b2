/**
 * Where the page is stands after `#`: what it looks for is never sent to a server in an address, so that no log keeps
 * the name of a person, and no page takes the place of a path that senders use.
 */
import { useSyncExternalStore } from "react"
import { type BaseLocationHook, type BaseSearchHook, useSearch } from "wouter"

const subscribe = (listener: () => void) => {
  window.addEventListener("hashchange", listener)
  return () => window.removeEventListener("hashchange", listener)
}

const whole = () => window.location.hash.replace(/^#?\/?/, "/")

const pathOf = () => whole().split("?", 1)[0] ?? "/"

const searchOf = () => {
  const [, ...search] = whole().split("?")
  return search.join("?")
}

export const navigate = (to: string, { replace = false }: { readonly replace?: boolean } = {}) => {
  if (replace) window.history.replaceState(null, "", `#${to}`)
  else window.history.pushState(null, "", `#${to}`)
  window.dispatchEvent(new HashChangeEvent("hashchange"))
}

export const useLocationHook: BaseLocationHook = () => [useSyncExternalStore(subscribe, pathOf), navigate]

export const useSearchHook: BaseSearchHook = () => useSyncExternalStore(subscribe, searchOf)

export const hrefOf = (path: string) => `#${path}`

/** What is looked for, as the address says. Setting replaces what is given, and starts at the first page again. */
export const useParameters = () => {
  const parameters = new URLSearchParams(useSearch())
  const set = (
    changes: Readonly<Record<string, string | null>>,
    options?: { readonly replace?: boolean }
  ) => {
    const next = new URLSearchParams(searchOf())
    next.delete("after")
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") next.delete(name)
      else next.set(name, value)
    }
    navigate(next.size === 0 ? pathOf() : `${pathOf()}?${next}`, options)
  }
  return { get: (name: string) => parameters.get(name) ?? "", set }
}
