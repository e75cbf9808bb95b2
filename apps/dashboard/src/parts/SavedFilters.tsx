/** Filters saved under a name, in this browser. */
import { useState, type FormEvent } from "react"
import { useLocation, useSearch } from "wouter"
import { navigate } from "../location.ts"
import { Button } from "./Button.tsx"
import { DialogButton } from "./Dialog.tsx"
import { Field } from "./Field.tsx"

type Saved = Readonly<Record<string, string>>

const keyOf = (path: string) => `usher-filters ${path}`

const read = (path: string): Saved => {
  try {
    const saved: unknown = JSON.parse(window.localStorage.getItem(keyOf(path)) ?? "{}")
    return typeof saved === "object" && saved !== null
      ? Object.fromEntries(Object.entries(saved).filter(([, search]) => typeof search === "string"))
      : {}
  } catch {
    return {}
  }
}

export const SavedFilters = () => {
  const [path] = useLocation()
  const search = useSearch()
  const [saved, setSaved] = useState(() => read(path))
  const keep = (next: Saved) => {
    window.localStorage.setItem(keyOf(path), JSON.stringify(next))
    setSaved(next)
  }
  const remove = (name: string) =>
    keep(Object.fromEntries(Object.entries(saved).filter(([one]) => one !== name)))
  const current = Object.entries(saved).find(([, one]) => one === search)?.[0]
  return (
    <div className="field">
      <span className="label" id="saved-filters">
        Saved filters
      </span>
      <div className="chips" role="group" aria-labelledby="saved-filters">
        {Object.entries(saved).map(([name, one]) => (
          <Button key={name} aria-pressed={one === search} onPress={() => navigate(`${path}?${one}`)}>
            <bdi>{name}</bdi>
          </Button>
        ))}
        {current !== undefined ? (
          <Button variant="quiet" onPress={() => remove(current)}>
            Remove {current}
          </Button>
        ) : (
          <DialogButton label="Save these filters" title="Save these filters" isDisabled={search === ""}>
            {(close) => (
              <Name
                save={(name) => {
                  keep({ ...saved, [name]: search })
                  close()
                }}
              />
            )}
          </DialogButton>
        )}
      </div>
    </div>
  )
}

const Name = ({ save }: { readonly save: (name: string) => void }) => {
  const [name, setName] = useState("")
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save(name.trim())
  }
  return (
    <form onSubmit={submit} className="dialog-form">
      <Field
        label="Name"
        hint="This browser keeps the filters, with the person if one is named."
        value={name}
        onChange={setName}
        maxLength={60}
        autoFocus
      />
      <div className="dialog-buttons">
        <Button type="submit" variant="primary" isDisabled={name.trim() === ""}>
          Save
        </Button>
      </div>
    </form>
  )
}
