import { Input, SearchField } from "react-aria-components"
import { searchAnything } from "../people/path.ts"

export const SearchBox = () => (
  <form
    role="search"
    className="person-search"
    onSubmit={(event) => {
      searchAnything(event)
      event.currentTarget.reset()
    }}
  >
    <SearchField name="text" aria-label="Search by address, Live title, id, delivery id or trace id">
      <Input placeholder="Search by address, title or id" autoComplete="off" />
    </SearchField>
  </form>
)
