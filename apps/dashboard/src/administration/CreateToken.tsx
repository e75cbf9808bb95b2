/** Creates a token, and shows its secret once. */
import { Tokens as Wire } from "@usher/admin"
import { DateTime, Effect } from "effect"
import { type FormEvent, useState } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Choice } from "../parts/Choice.tsx"
import { Copyable } from "../parts/Copy.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { Field } from "../parts/Field.tsx"

const scopes = [
  { id: "read", label: "Read-only: sees everything, changes nothing" },
  { id: "operate", label: "Operator: sees and changes everything" }
]

const lifetimes = [
  { id: "7", label: "7 days" },
  { id: String(Wire.defaultDays), label: `${Wire.defaultDays} days` },
  { id: "365", label: "1 year" },
  { id: "", label: "Never" }
]

export const CreateToken = () => (
  <DialogButton label="Create token" variant="primary" title="Create a token">
    {(close) => <Form close={close} />}
  </DialogButton>
)

const untouched = { name: "", scope: "read", days: String(Wire.defaultDays) }

const create = ({ name, scope, days }: typeof untouched) =>
  Effect.flatMap(DateTime.now, (now) =>
    api.tokens.create({
      payload: {
        name: name.trim(),
        scope: scope === "operate" ? "operate" : "read",
        expiresAt: days === "" ? null : DateTime.add(now, { days: Number(days) })
      }
    })
  )

const Form = ({ close }: { readonly close: () => void }) => {
  const [form, setForm] = useState(untouched)
  const creating = useAction(create, ["tokens"])
  if (creating.data !== undefined) return <Secret secret={creating.data.secret} close={close} />
  const submit = (event: FormEvent) => {
    event.preventDefault()
    creating.mutate(form)
  }
  return (
    <form onSubmit={submit} className="dialog-form">
      <Field
        label="Name"
        hint="The audit log shows it. 1 to 64 letters, digits, spaces and . _ -"
        value={form.name}
        onChange={(name) => setForm({ ...form, name })}
        maxLength={64}
        autoFocus
        error={creating.isError ? sentence(creating.error) : undefined}
      />
      <Choice
        label="Access"
        value={form.scope}
        onChange={(scope) => setForm({ ...form, scope })}
        options={scopes}
      />
      <Choice
        label="Expires"
        value={form.days}
        onChange={(days) => setForm({ ...form, days })}
        options={lifetimes}
      />
      <div className="dialog-buttons">
        <Button onPress={close}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          isPending={creating.isPending}
          isDisabled={form.name.trim() === ""}
        >
          Create
        </Button>
      </div>
    </form>
  )
}

const Secret = ({ secret, close }: { readonly secret: string; readonly close: () => void }) => (
  <div className="dialog-form">
    <p>Copy the secret now. Nobody can show it again.</p>
    <Copyable text={secret} what="secret">
      <code>{secret}</code>
    </Copyable>
    <div className="dialog-buttons">
      <Button variant="primary" onPress={close} autoFocus>
        Close
      </Button>
    </div>
  </div>
)
