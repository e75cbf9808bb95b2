import { useState, type FormEvent } from "react"
import { Input, SearchField } from "react-aria-components"
import { navigate } from "../location.ts"
import { personPath } from "../people/path.ts"

/** The question that most people come with. */
export const PersonSearch = () => {
  const [person, setPerson] = useState("")
  const search = (event: FormEvent) => {
    event.preventDefault()
    if (person.trim() === "") return
    navigate(personPath(person.trim()))
    setPerson("")
  }
  return (
    <form role="search" className="person-search" onSubmit={search}>
      <SearchField
        aria-label="Was this person invited? Address or member id"
        value={person}
        onChange={setPerson}
      >
        <Input placeholder="Was this person invited?" autoComplete="off" />
      </SearchField>
    </form>
  )
}
