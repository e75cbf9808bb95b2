/** Releases and discards refused deliveries after a confirmation that shows the plan. */
import type { Effect } from "effect"
import type { Released, ReleasePlan } from "@usher/model/Quarantined"
import type { ReactNode } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { count, plural } from "../parts/number.ts"
import { Planned, type Question } from "../parts/Planned.tsx"
import { Outcome } from "./Outcome.tsx"

export type Which =
  | { readonly ids: ReadonlyArray<string> }
  | { readonly source: string }
  | { readonly all: true }

const gone = "these deliveries are no longer in quarantine."

interface ReleaseOptions {
  /** Also accepts deliveries that do not verify. */
  readonly unverified?: boolean
  /** Called when every delivery was released and none was a duplicate, while the dialog still shows the result. */
  readonly onReleased?: () => void
}

export const releaseOf = (
  which: Which,
  { unverified = false, onReleased }: ReleaseOptions = {}
): Question => ({
  title: unverified ? "Release unverified deliveries?" : "Release deliveries?",
  content: (close) => (
    <Act
      which={which}
      verb="Release"
      variant={unverified ? "danger" : "primary"}
      sizeOf={({ deliveries, verifying }) => (unverified ? deliveries : verifying)}
      nothing={({ deliveries }) =>
        deliveries === 0
          ? `Nothing to release: ${gone}`
          : "Nothing to release: none of these deliveries verifies with the current secrets."
      }
      hint={
        unverified
          ? "No signature proves the sender, so you take responsibility. The audit log and the webhook record your name."
          : "The relay verifies each delivery with the current secrets. It accepts the deliveries that verify, and keeps the others here."
      }
      act={({ asOf }) =>
        api.quarantine.release({ payload: { ...which, asOf, ...(unverified ? { unverified } : {}) } })
      }
      outcome={(released) => <Outcome released={released} />}
      onDone={({ refused, duplicates, unknown }: Released) => {
        if (refused + duplicates + unknown.length === 0) onReleased?.()
      }}
      close={close}
    />
  )
})

export const discardOf = (which: Which, onDiscarded?: () => void): Question => ({
  title: "Discard deliveries?",
  content: (close) => (
    <Act
      which={which}
      verb="Discard"
      variant="danger"
      sizeOf={({ deliveries }) => deliveries}
      nothing={() => `Nothing to discard: ${gone}`}
      hint="The relay deletes the deliveries permanently and invites nobody."
      act={({ asOf }) => api.quarantine.discard({ payload: { ...which, asOf } })}
      outcome={({ discarded }) => (
        <p className="done" role="status">
          {discarded === 0
            ? `Nothing discarded: ${gone}`
            : `Discarded ${plural(discarded, "delivery", "deliveries")}.`}
        </p>
      )}
      onDone={() => onDiscarded?.()}
      close={close}
    />
  )
})

interface Props<A, E> {
  readonly which: Which
  /** The label of the button. */
  readonly verb: string
  readonly variant: "primary" | "danger"
  readonly sizeOf: (plan: ReleasePlan) => number
  readonly nothing: (plan: ReleasePlan) => string
  readonly hint: string
  readonly act: (plan: ReleasePlan) => Effect.Effect<A, E>
  readonly outcome: (result: A) => ReactNode
  readonly onDone: (result: A) => void
  readonly close: () => void
}

const Act = <A, E>({ which, verb, variant, act, outcome, onDone, close, ...planned }: Props<A, E>) => {
  const action = useAction(act, ["quarantine", "webhooks", "sources", "stats"])
  if (action.isSuccess) {
    return (
      <>
        {outcome(action.data)}
        <div className="dialog-buttons">
          <Button onPress={close}>Close</Button>
        </div>
      </>
    )
  }
  return (
    <>
      {action.isError && <p className="field-error">{sentence(action.error)}</p>}
      <Planned
        {...planned}
        queryKey={["quarantine", "plan", JSON.stringify(which)]}
        plan={api.quarantine.plan({ payload: which })}
        factsOf={({ deliveries, verifying, reasons }) => ({
          Deliveries: count(deliveries),
          "Verify now": count(verifying),
          ...Object.fromEntries(Object.entries(reasons).map(([reason, number]) => [reason, count(number)]))
        })}
        close={close}
      >
        {(plan, onStart) => (
          <Button
            variant={variant}
            isDisabled={plan === undefined}
            isPending={action.isPending}
            onPress={() => {
              if (plan === undefined) return
              onStart()
              action.mutate(plan, { onSuccess: onDone })
            }}
          >
            {verb}
          </Button>
        )}
      </Planned>
    </>
  )
}
