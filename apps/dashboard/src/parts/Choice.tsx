import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from "react-aria-components"

interface Props {
  readonly label: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: ReadonlyArray<{ readonly id: string; readonly label: string }>
}

/** One of some. */
export const Choice = ({ label, value, onChange, options }: Props) => (
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
