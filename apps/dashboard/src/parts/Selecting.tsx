/** A bar of actions on the selected rows of a list, or on all that match its filter. */
import type { ReactNode } from "react"
import { Checkbox } from "react-aria-components"
import { Button } from "./Button.tsx"
import { count } from "./number.ts"

/** The target of an action: ids of rows, or all that match the filter. */
export type Target = ReadonlyArray<string> | "matching"

/** The selection as the API takes it: ids, the filter without its page, or all. */
export const chosen = <Filter extends object>(target: Target, filter: Filter) => {
  if (target !== "matching") return { ids: target }
  const { after: _, ...rest }: Filter & { readonly after?: unknown } = filter
  return Object.keys(rest).length === 0 ? { all: true as const } : rest
}

interface Props {
  readonly selected: ReadonlyArray<string>
  readonly clear: () => void
  readonly children: (target: Target) => ReactNode
}

export const SelectionBar = ({ selected, clear, children }: Props) => (
  <div className="selection-bar" role="group" aria-label="Actions">
    <span role="status">
      {selected.length === 0 ? "All that match the filter" : `${count(selected.length)} selected`}
    </span>
    <div className="buttons">
      {children(selected.length === 0 ? "matching" : selected)}
      {selected.length > 0 && <Button onPress={clear}>Clear selection</Button>}
    </div>
  </div>
)

/** The checkbox of a row, or of all rows of the page. */
export const SelectionBox = () => (
  <Checkbox slot="selection" className="selection-box">
    <span aria-hidden="true" />
  </Checkbox>
)
