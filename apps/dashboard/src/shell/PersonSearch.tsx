import { Input, SearchField } from "react-aria-components"
import { searchPerson } from "../people/path.ts"

export const PersonSearch = () => (
  <form
    role="search"
    className="person-search"
    onSubmit={(event) => {
      searchPerson(event)
      event.currentTarget.reset()
    }}
  >
    <SearchField name="person" aria-label="Was this person invited? Address or member id">
      <Input placeholder="Was this person invited?" autoComplete="off" />
    </SearchField>
  </form>
)
