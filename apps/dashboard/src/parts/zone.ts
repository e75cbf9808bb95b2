/** The time zone of all times on the page: the device's, or UTC. */
import { DateTime, Option } from "effect"
import { useSyncExternalStore } from "react"

export type Zone = "local" | "utc"

const key = "usher-zone"
const listeners = new Set<() => void>()

export const zone = (): Zone => (window.localStorage.getItem(key) === "utc" ? "utc" : "local")

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  // Another tab has chosen.
  window.addEventListener("storage", listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener("storage", listener)
  }
}

export const useZone = (): Zone => useSyncExternalStore(subscribe, zone)

export const chooseZone = (zone: Zone) => {
  window.localStorage.setItem(key, zone)
  for (const listener of listeners) listener()
}

export const deviceZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Such as `Europe/Berlin`. */
export const nameOf = (zone: Zone): string => (zone === "utc" ? "UTC" : deviceZone)

const formatsIn = (name: Zone) => {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(undefined, { ...options, hourCycle: "h23", timeZone: nameOf(name) })
  return {
    exact: format({ dateStyle: "full", timeStyle: "long" }),
    day: format({ day: "numeric", month: "short" }),
    dayOfYear: format({ day: "numeric", month: "short", year: "numeric" }),
    year: format({ year: "numeric" }),
    clock: format({ hour: "2-digit", minute: "2-digit" }),
    seconds: format({ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 })
  }
}

const all = { local: formatsIn("local"), utc: formatsIn("utc") }

/** The formats of the chosen zone, on a 24-hour clock. */
export const formats = () => all[zone()]

/** The time of a field of the type `datetime-local`, in the chosen zone. */
export const ofField = (text: string): Option.Option<DateTime.Utc> =>
  Option.map(DateTime.make(new Date(zone() === "utc" ? `${text}Z` : text)), DateTime.toUtc)

/** A time for a field of the type `datetime-local`, in the chosen zone, such as `2026-05-04T09:42`. */
export const toField = (millis: number): string => {
  const offset = zone() === "utc" ? 0 : new Date(millis).getTimezoneOffset() * 60_000
  return new Date(millis - offset).toISOString().slice(0, 16)
}
