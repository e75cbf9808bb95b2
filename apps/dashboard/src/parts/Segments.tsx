import { ToggleButton, ToggleButtonGroup } from "react-aria-components"

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: ReadonlyArray<{ readonly id: string; readonly label: string }>
}

/** A choice of a few options, all in view. */
export const Segments = ({ label, value, onChange, options }: Props) => (
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
