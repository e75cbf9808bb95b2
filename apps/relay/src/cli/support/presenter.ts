/** What the command line prints by itself: help and the version on standard output, wrong usage on standard error. */
import { Console, Effect } from "effect"
import { CliOutput } from "effect/cli"

/** Wrong usage prints the errors, the usage and the way to the help, and nothing where a file may take the output. */
export const layer = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const formatter = yield* CliOutput.Formatter
    const { commandPath, errors, helpDoc } = event
    yield* Console.error(
      [
        formatter.formatErrors(errors).trim(),
        "",
        `Usage: ${helpDoc.usage}`,
        `For help: ${commandPath.join(" ")} --help`
      ].join("\n")
    )
  })
})
