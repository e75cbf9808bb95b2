import type { Released } from "@usher/model/Quarantined"
import type { Effect } from "effect"
import type { ReactNode } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { Outcome } from "./Outcome.tsx"

type Which = { readonly ids: ReadonlyArray<string> } | { readonly source: string } | { readonly all: true }

interface Props {
  readonly label: string
  readonly which: Which
  /** Also accepts deliveries that do not verify. */
  readonly unverified?: boolean
  readonly isDisabled?: boolean
  /** Replaces the outcome when every delivery was released and none was a duplicate. */
  readonly then?: () => void
}

export const ReleaseButton = ({ which, unverified = false, then, ...button }: Props) => (
  <ConfirmButton
    {...button}
    verb="Release"
    variant={unverified ? "danger" : "primary"}
    question={
      unverified
        ? "No signature proves the sender, so you take responsibility. The audit log and the webhook record your name."
        : "The relay verifies each delivery with the current secrets. It accepts the deliveries that verify, and keeps the others here."
    }
    act={() => api.quarantine.release({ payload: { ...which, ...(unverified ? { unverified } : {}) } })}
    outcome={(released) => <Outcome released={released} />}
    then={({ refused, duplicates, unknown }: Released) => {
      if (refused + duplicates + unknown.length === 0) then?.()
    }}
  />
)

export const DiscardButton = ({ which, then }: { readonly which: Which; readonly then: () => void }) => (
  <ConfirmButton
    label="Discard"
    verb="Discard"
    variant="danger"
    question="The relay deletes the delivery permanently and invites nobody."
    act={() => api.quarantine.discard({ payload: which })}
    then={then}
  />
)

interface ConfirmProps<A, E> {
  readonly label: string
  /** The label of the button in the dialog. */
  readonly verb: string
  readonly variant: "primary" | "danger"
  readonly isDisabled?: boolean
  readonly question: string
  readonly act: () => Effect.Effect<A, E>
  readonly outcome?: (result: A) => ReactNode
  readonly then: (result: A) => void
}

const ConfirmButton = <A, E>({
  label,
  verb,
  variant,
  isDisabled = false,
  question,
  act,
  outcome,
  then
}: ConfirmProps<A, E>) => {
  const action = useAction(act, ["quarantine", "webhooks", "sources", "stats"])
  return (
    <DialogButton
      label={label}
      title={`${label}?`}
      variant={variant === "danger" ? "danger" : "plain"}
      isDisabled={isDisabled}
    >
      {(close) => (
        <>
          <p>{question}</p>
          {action.isError && <p className="field-error">{sentence(action.error)}</p>}
          {action.isSuccess && outcome?.(action.data)}
          <div className="dialog-buttons">
            <Button onPress={close}>{action.isSuccess ? "Close" : "Cancel"}</Button>
            {!action.isSuccess && (
              <Button
                variant={variant}
                isPending={action.isPending}
                onPress={() => action.mutate(undefined, { onSuccess: then })}
              >
                {verb}
              </Button>
            )}
          </div>
        </>
      )}
    </DialogButton>
  )
}
