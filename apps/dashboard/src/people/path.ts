import type { FormEvent } from "react"
import { navigate } from "../location.ts"

/** A person in the part of the address that browsers never send. */
export const personPath = (person: string) => `/person/${encodeURIComponent(person)}`

/** An address typed by hand may end in half an escape sequence. */
export const personOf = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Opens the screen of the form's `person`. */
export const searchPerson = (event: FormEvent<HTMLFormElement>) => {
  event.preventDefault()
  const person = String(new FormData(event.currentTarget).get("person")).trim()
  if (person !== "") navigate(personPath(person))
}
