import { type ReactNode, useId } from "react"
import { ToggleButton, ToggleButtonGroup } from "react-aria-components"
import { wordOf } from "./Status.tsx"

interface Props<Status extends string> {
  readonly label: string
  readonly statuses: ReadonlyArray<Status>
  readonly chosen: ReadonlyArray<Status>
  readonly onChange: (chosen: ReadonlyArray<Status>) => void
  /** Below the statuses. */
  readonly children?: ReactNode
}

/** A choice of any number of statuses, all in view. */
export const Chips = <Status extends string>({
  label,
  statuses,
  chosen,
  onChange,
  children
}: Props<Status>) => {
  const id = useId()
  return (
    <div className="field">
      <span className="label" id={id}>
        {label}
      </span>
      <ToggleButtonGroup
        aria-labelledby={id}
        className="chips"
        selectionMode="multiple"
        selectedKeys={chosen}
        onSelectionChange={(keys) => onChange(statuses.filter((status) => keys.has(status)))}
      >
        {statuses.map((status) => (
          <ToggleButton key={status} id={status} className="button chip">
            {wordOf(status)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      {children}
    </div>
  )
}
