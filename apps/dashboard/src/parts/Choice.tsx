import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components"

export interface ChoiceProps {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: ReadonlyArray<{ readonly id: string; readonly label: string }>
}

/** A choice of one option, in a menu. */
export const Choice = ({ label, value, onChange, options }: ChoiceProps) => (
  <Select className="select field" value={value} onChange={(key) => onChange(String(key ?? ""))}>
    <Label>{label}</Label>
    <Button>
      <SelectValue />
      <span aria-hidden="true">▾</span>
    </Button>
    <Popover className="popover">
      <ListBox items={options} className="list-box">
        {({ id, label }) => (
          <ListBoxItem id={id} className="list-item">
            {label}
          </ListBoxItem>
        )}
      </ListBox>
    </Popover>
  </Select>
)
