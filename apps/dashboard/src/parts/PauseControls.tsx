import type { Effect } from "effect"
import { useState, type FormEvent, type ReactNode } from "react"
import { sentence } from "../api/problem.ts"
import { type Topic, useAction } from "../api/queries.ts"
import { useMayAct } from "../session/session.ts"
import { Button } from "./Button.tsx"
import { DialogFrame } from "./Dialog.tsx"
import { Field } from "./Field.tsx"

interface Props<A, E> {
  readonly name: string
  readonly isPaused: boolean
  /** It waits without a pause, such as in cooldown, and can resume at once. */
  readonly isHeld?: boolean
  readonly pause: (reason: string) => Effect.Effect<A, E>
  readonly resume: () => Effect.Effect<A, E>
  readonly stale: ReadonlyArray<Topic>
  /** What a pause does. */
  readonly meaning: string
  /** Left of the button. */
  readonly children?: ReactNode
}

/** Pauses and resumes a source or a Spot. */
export const PauseControls = <A, E>({
  name,
  isPaused,
  isHeld = false,
  resume,
  children,
  ...pausing
}: Props<A, E>) => {
  const mayAct = useMayAct()
  const resuming = useAction(resume, pausing.stale)
  const [isAsking, ask] = useState(false)
  return (
    <footer className="card-foot">
      {children}
      {resuming.isError && <span className="field-error">{sentence(resuming.error)}</span>}
      {mayAct && isHeld && (
        <Button isPending={resuming.isPending} onPress={() => resuming.mutate(undefined)}>
          Resume
        </Button>
      )}
      {/* One button for both, so that it keeps the focus. */}
      {mayAct && (
        <Button
          isPending={isPaused && resuming.isPending}
          onPress={() => (isPaused ? resuming.mutate(undefined) : ask(true))}
        >
          {isPaused ? "Resume" : "Pause"}
        </Button>
      )}
      <DialogFrame title={`Pause ${name}?`} isOpen={isAsking} onOpenChange={ask}>
        {(close) => <Reason {...pausing} close={close} />}
      </DialogFrame>
    </footer>
  )
}

interface ReasonProps<A, E> extends Pick<Props<A, E>, "pause" | "stale" | "meaning"> {
  readonly close: () => void
}

/** A pause needs a reason, for the next operator. */
const Reason = <A, E>({ pause, stale, meaning, close }: ReasonProps<A, E>) => {
  const [reason, setReason] = useState("")
  const pausing = useAction(pause, stale)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    pausing.mutate(reason.trim(), { onSuccess: close })
  }
  return (
    <form onSubmit={submit} className="dialog-form">
      <p>{meaning}</p>
      <Field
        label="Reason"
        hint="Shown on this page and in the audit log."
        value={reason}
        onChange={setReason}
        maxLength={300}
        autoFocus
        error={pausing.isError ? sentence(pausing.error) : undefined}
      />
      <div className="dialog-buttons">
        <Button onPress={close}>Cancel</Button>
        <Button
          type="submit"
          variant="primary"
          isPending={pausing.isPending}
          isDisabled={reason.trim() === ""}
        >
          Pause
        </Button>
      </div>
    </form>
  )
}
