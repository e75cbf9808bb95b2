/** Pausing asks why: who comes next reads it. */
import type { UseMutationResult } from "@tanstack/react-query"
import { useState, type FormEvent } from "react"
import { sentence } from "../api/problem.ts"
import { Button } from "./Button.tsx"
import { DialogButton } from "./Dialog.tsx"
import { Field } from "./Field.tsx"

interface Props {
  readonly name: string
  /** What it means. */
  readonly children: string
  readonly pause: UseMutationResult<unknown, Error, { readonly name: string; readonly reason: string }>
}

export const PauseButton = ({ name, children, pause }: Props) => (
  <DialogButton label="Pause" title={`Pause ${name}?`}>
    {(close) => (
      <Reason
        meaning={children}
        pause={pause}
        submit={(reason) => pause.mutate({ name, reason }, { onSuccess: close })}
        close={close}
      />
    )}
  </DialogButton>
)

interface ReasonProps {
  readonly meaning: string
  readonly pause: Props["pause"]
  readonly submit: (reason: string) => void
  readonly close: () => void
}

const Reason = ({ meaning, pause, submit, close }: ReasonProps) => {
  const [reason, setReason] = useState("")
  const press = (event: FormEvent) => {
    event.preventDefault()
    submit(reason.trim())
  }
  return (
    <form onSubmit={press} className="dialog-form">
      <p>{meaning}</p>
      <Field
        label="Why"
        hint="It stands on this page and in the audit log."
        value={reason}
        onChange={setReason}
        maxLength={300}
        autoFocus
        error={pause.isError ? sentence(pause.error) : undefined}
      />
      <div className="dialog-buttons">
        <Button onPress={close}>Let it go on</Button>
        <Button type="submit" variant="primary" isPending={pause.isPending} isDisabled={reason.trim() === ""}>
          Pause
        </Button>
      </div>
    </form>
  )
}
