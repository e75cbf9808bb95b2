/** A button that starts long work and shows its progress and its result. */
import { useMutation } from "@tanstack/react-query"
import { Effect, Stream } from "effect"
import type { Progress } from "@usher/admin"
import { useEffect, useRef, useState } from "react"
import { run } from "../api/client.ts"
import { refresh, type Topic } from "../api/queries.ts"
import { Button } from "./Button.tsx"
import { count } from "./number.ts"
import { Trouble } from "./Shown.tsx"

/** Long work, which tells its progress. */
export type Work<E> = (onProgress: (progress: Progress.Progress) => void) => Effect.Effect<void, E>

/** The work of a stream that emits its progress. */
export const streamed =
  <E, E2>(start: () => Effect.Effect<Stream.Stream<Progress.Progress, E>, E2>): Work<E | E2> =>
  (onProgress) =>
    Stream.runForEach(Stream.unwrap(start()), (step) => Effect.sync(() => onProgress(step)))

interface Props<E> {
  readonly label: string
  readonly start: Work<E>
  /** What was done, as a sentence. */
  readonly resultOf: (done: number) => string
  readonly stale: ReadonlyArray<Topic>
  readonly variant?: "primary" | "plain" | "danger"
  readonly isDisabled?: boolean
  readonly onStart?: () => void
}

const nothing: Progress.Progress = { done: 0, total: null, ended: false }

/** Its button, its progress and its result are in one element, which keeps the focus. */
export const ProgressButton = <E,>({ label, start, resultOf, stale, onStart, ...button }: Props<E>) => {
  const [{ done, total, ended }, setProgress] = useState(nothing)
  const stop = useRef(new AbortController())
  // Leaving the screen stops the work. Finished items stay finished.
  useEffect(() => () => stop.current.abort(), [])
  const work = useMutation({
    mutationFn: () => {
      stop.current = new AbortController()
      setProgress(nothing)
      return run(start(setProgress), stop.current.signal)
    },
    onSettled: () => refresh(stale)
  })
  if (work.isPending) {
    return (
      <div className="progress-button">
        <progress aria-label={label} {...(total !== null && { value: done, max: Math.max(1, total) })} />
        <span role="status">
          {count(done)}
          {total !== null && ` of ${count(total)}`}
        </span>
        <Button onPress={() => stop.current.abort()}>Stop</Button>
      </div>
    )
  }
  return (
    <div className="progress-button">
      {work.isError && !stop.current.signal.aborted ? (
        <Trouble error={work.error} />
      ) : (
        !work.isIdle && (
          <span className="done" role="status">
            {ended ? "" : "Stopped early. "}
            {resultOf(done)}
          </span>
        )
      )}
      <Button {...button} onPress={() => (onStart?.(), work.mutate())}>
        {label}
      </Button>
    </div>
  )
}
