/** How far long work is: one line on standard error that is written over, on a terminal only. */
import { Effect, Stream } from "effect"
import type { Progress } from "@usher/admin"
import { Presets, SingleBar } from "cli-progress"

export interface Bar {
  /** How much is done by now; and of what, where that is another thing by now. */
  readonly update: (done: number, what?: string) => Effect.Effect<void>
}

/** For as long as the scope lives. Where it is not known how much there is, only what is done is counted. */
export const bar = (what: string, total: number | undefined) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const known =
          total === undefined ? "" : " {bar} {percentage}% | {value}/{total} | {eta_formatted} left"
        const bar = new SingleBar(
          {
            format: `{what}${known === "" ? ": {value}" : known}`,
            stream: process.stderr,
            noTTYOutput: false,
            hideCursor: true,
            clearOnComplete: true,
            gracefulExit: false,
            formatValue: (value, _, type) =>
              type === "value" || type === "total" ? value.toLocaleString("en") : `${value}`
          },
          Presets.shades_classic
        )
        bar.start(total ?? 0, 0, { what })
        return bar
      }),
      (bar) => Effect.sync(() => bar.stop())
    ),
    (bar): Bar => ({
      update: (done, now = what) => Effect.sync(() => bar.update(done, { what: now }))
    })
  )

/** Runs work that says how far it is; how much it was in the end. */
export const watch = Effect.fnUntraced(function* <E, R>(
  what: string,
  total: number | undefined,
  work: Stream.Stream<Progress.Progress, E, R>
) {
  const { update } = yield* bar(what, total)
  return yield* Stream.runFoldEffect(
    work,
    () => 0,
    (_, { done }) => Effect.as(update(done), done)
  )
}, Effect.scoped)
