/** A button that starts long work and shows its progress and its result. */
import { Effect, Option, Stream } from "effect"
import type { Progress } from "@usher/admin"
import { useEffect, useRef, useState } from "react"
import { ProgressBar } from "react-aria-components"
import { run } from "../api/client.ts"
import { refresh, type Topic } from "../api/queries.ts"
import { Button } from "./Button.tsx"
import { count } from "./number.ts"
import { Trouble } from "./Shown.tsx"

interface Props<E, E2> {
  readonly label: string
  readonly start: () => Effect.Effect<Stream.Stream<Progress.Progress, E>, E2>
  readonly stale: ReadonlyArray<Topic>
  readonly variant?: "primary" | "plain"
  readonly isDisabled?: boolean
}

type State =
  | { readonly is: "idle" }
  | { readonly is: "running" | "ended"; readonly progress: Progress.Progress }
  | { readonly is: "failed"; readonly error: unknown }

export const ProgressButton = <E, E2>({
  label,
  start,
  stale,
  variant = "plain",
  isDisabled = false
}: Props<E, E2>) => {
  const [state, setState] = useState<State>({ is: "idle" })
  const stop = useRef(new AbortController())
  // Leaving the screen stops the work. Finished items stay finished.
  useEffect(() => () => stop.current.abort(), [])

  const work = () => {
    stop.current = new AbortController()
    setState({ is: "running", progress: { done: 0, total: null, ended: false } })
    const last = Stream.unwrap(start()).pipe(
      Stream.tap((progress) => Effect.sync(() => setState({ is: "running", progress }))),
      Stream.runLast
    )
    run(last, stop.current.signal)
      .then((last) =>
        setState(
          Option.isSome(last) && last.value.ended
            ? { is: "ended", progress: last.value }
            : { is: "failed", error: new Error("It was broken off before its end.") }
        )
      )
      .catch((error: unknown) => setState({ is: "failed", error }))
      .finally(() => refresh(stale))
  }

  return (
    <div className="progress-button" aria-live="polite">
      {state.is === "running" ? (
        <>
          <ProgressBar
            aria-label={label}
            className="progress"
            {...(state.progress.total === null
              ? { isIndeterminate: true }
              : { value: state.progress.done, maxValue: Math.max(1, state.progress.total) })}
          >
            {({ percentage }) => (
              <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width="100" height="4" className="progress-ground" />
                <rect width={percentage ?? 30} height="4" className="progress-value" />
              </svg>
            )}
          </ProgressBar>
          <span>
            {count(state.progress.done)}
            {state.progress.total === null ? "" : ` of ${count(state.progress.total)}`}
          </span>
          <Button onPress={() => stop.current.abort()}>Stop</Button>
        </>
      ) : (
        <>
          {state.is === "ended" && <span className="done">{count(state.progress.done)} done.</span>}
          {state.is === "failed" && <Trouble error={state.error} />}
          <Button variant={variant} isDisabled={isDisabled} onPress={work}>
            {label}
          </Button>
        </>
      )}
    </div>
  )
}
