/** Asks before a change, with a plan of what it would do. */
import type { Effect } from "effect"
import { type ReactNode, useState } from "react"
import { type Key, useApi } from "../api/queries.ts"
import { Button } from "./Button.tsx"
import { DialogFrame } from "./Dialog.tsx"
import { Facts } from "./Facts.tsx"
import { Shown } from "./Shown.tsx"

export interface Question {
  readonly title: string
  readonly content: (close: () => void) => ReactNode
}

/** The dialog, and a function that opens it. The dialog stays open when the row that opened it disappears. */
export const useQuestion = (onClose?: () => void) => {
  const [asked, ask] = useState<Question>()
  const onOpenChange = (isOpen: boolean) => {
    if (isOpen) return
    ask(undefined)
    onClose?.()
  }
  const question = (
    <DialogFrame title={asked?.title ?? ""} isOpen={asked !== undefined} onOpenChange={onOpenChange}>
      {(close) => asked?.content(close)}
    </DialogFrame>
  )
  return { ask, question, isAsked: asked !== undefined }
}

/**
 * A plan, which follows the events until somebody confirms it. The act then changes what another plan would say, so that
 * the confirmed one stays.
 */
export const usePlan = <Plan, E>(queryKey: Key, plan: Effect.Effect<Plan, E>) => {
  const [confirmed, confirm] = useState<Plan>()
  const isOff = confirmed !== undefined
  const { data, error, isError, refetch } = useApi(queryKey, plan, { fresh: true, keptMs: 0, isOff })
  const shown = isOff ? { data: confirmed, error: null, isError: false } : { data, error, isError }
  return { query: { ...shown, refetch }, confirm }
}

interface Props<Plan, E> {
  readonly queryKey: Key
  readonly plan: Effect.Effect<Plan, E>
  /** The number of items to change. */
  readonly sizeOf: (plan: Plan) => number
  readonly factsOf: (plan: Plan) => Readonly<Record<string, ReactNode>>
  /** Shown in place of the facts of a plan without items. */
  readonly nothing: string | ((plan: Plan) => string)
  readonly hint: ReactNode | ((plan: Plan) => ReactNode)
  readonly close: () => void
  /** The button that runs the plan; disabled until there is one, with items. It calls `onStart` before it does. */
  readonly children: (plan: Plan | undefined, onStart: () => void) => ReactNode
}

export const Planned = <Plan, E>({
  queryKey,
  plan,
  sizeOf,
  factsOf,
  nothing,
  hint,
  close,
  children
}: Props<Plan, E>) => {
  const { query, confirm } = usePlan(queryKey, plan)
  const ready = query.data !== undefined && sizeOf(query.data) > 0 ? query.data : undefined
  return (
    <>
      <Shown query={query} waiting="plan">
        {(plan) => (
          <div className="plan">
            {sizeOf(plan) === 0 ? (
              <p>{typeof nothing === "string" ? nothing : nothing(plan)}</p>
            ) : (
              <Facts of={factsOf(plan)} />
            )}
            <p className="hint">{typeof hint === "function" ? hint(plan) : hint}</p>
          </div>
        )}
      </Shown>
      <div className="dialog-buttons">
        <Button onPress={close}>Close</Button>
        {children(ready, () => confirm(ready))}
      </div>
    </>
  )
}
