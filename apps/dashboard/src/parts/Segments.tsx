import { ToggleButton, ToggleButtonGroup } from "react-aria-components"
import type { ChoiceProps } from "./Choice.tsx"

/** A choice of one option, all in view. */
export const Segments = ({ label, value, onChange, options }: ChoiceProps) => (
  <ToggleButtonGroup
    aria-label={label}
    className="segments"
    selectionMode="single"
    disallowEmptySelection
    selectedKeys={[value]}
    onSelectionChange={([key]) => onChange(String(key ?? value))}
  >
    {options.map(({ id, label }) => (
      <ToggleButton key={id} id={id} className="segment">
        {label}
      </ToggleButton>
    ))}
  </ToggleButtonGroup>
)
