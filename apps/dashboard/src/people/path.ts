import type { FormEvent } from "react"
import { navigate } from "../location.ts"

/** A person in the part of the address that browsers never send. */
export const personPath = (person: string) => `/person/${encodeURIComponent(person)}`

/** An address typed by hand may end in half an escape sequence. Like a typed text, it may have spaces around it. */
export const textOf = (part: string): string => {
  try {
    return decodeURIComponent(part).trim()
  } catch {
    return part
  }
}

const typed = (event: FormEvent<HTMLFormElement>, field: string) => {
  event.preventDefault()
  return String(new FormData(event.currentTarget).get(field)).trim()
}

/** Opens the screen of the form's `person`. */
export const searchPerson = (event: FormEvent<HTMLFormElement>) => {
  const person = typed(event, "person")
  if (person !== "") navigate(personPath(person))
}

const wholeAddress = /[^\s@]@[^\s@]+\.[^\s@]/

/** Opens the person of a whole address, and else the search for the form's `text`. */
export const searchAnything = (event: FormEvent<HTMLFormElement>) => {
  const text = typed(event, "text")
  if (text === "") return
  navigate(wholeAddress.test(text) ? personPath(text) : `/search/${encodeURIComponent(text)}`)
}
