/** A progress bar on standard error, shown only on a terminal. */
import { Console, Effect, Stream } from "effect"
import type { Progress } from "@usher/admin"
import { Presets, SingleBar } from "cli-progress"

/** Shows the bar until its scope closes. Without a total it only counts. `update` may replace the label. */
export const bar = (what: string, total: number | undefined) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => {
        const bar = new SingleBar(
          {
            format:
              total === undefined
                ? "{what}: {value}"
                : "{what} {bar} {percentage}% | {value}/{total} | {eta_formatted} left",
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
    (bar) => ({
      update: (done: number, now = what) => Effect.sync(() => bar.update(done, { what: now }))
    })
  )

/** Prints a line on standard error in place of the bar, which is drawn again below it: the saved cursor moves there, too. */
export const sayAbove = (text: string) =>
  process.stderr.isTTY
    ? Effect.sync(() => void process.stderr.write(`\r\u001B[K${text}\n\u001B7`))
    : Console.error(text)

/** Runs work that reports its progress. Returns the final count. */
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
