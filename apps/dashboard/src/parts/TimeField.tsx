import { useParameters } from "../location.ts"

interface Props {
  /** The parameter in the address. */
  readonly name: "from" | "to"
  readonly label: string
}

/** A time in the chosen zone. */
export const TimeField = ({ name, label }: Props) => {
  const { get, set } = useParameters()
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        type="datetime-local"
        value={get(name)}
        onChange={(event) => set({ [name]: event.currentTarget.value }, { replace: true })}
      />
    </div>
  )
}
