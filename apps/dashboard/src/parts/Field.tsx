import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps
} from "react-aria-components"

interface Props extends TextFieldProps {
  readonly label: string
  readonly hint?: string
  readonly error?: string | undefined
  readonly placeholder?: string
  /** The id of a `datalist` with suggestions. */
  readonly list?: string
  /** The height of a field for several lines. */
  readonly lines?: number
}

export const Field = ({ label, hint, error, placeholder = "", list, lines, ...props }: Props) => (
  <TextField {...props} validationBehavior="aria" isInvalid={error !== undefined} className="field">
    <Label>{label}</Label>
    {lines === undefined ? (
      <Input placeholder={placeholder} list={list} />
    ) : (
      <TextArea rows={lines} placeholder={placeholder} spellCheck="false" />
    )}
    {hint === undefined ? null : (
      <Text slot="description" className="hint">
        {hint}
      </Text>
    )}
    <FieldError className="field-error">{error}</FieldError>
  </TextField>
)
