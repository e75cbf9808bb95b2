/** Asks for confirmation before a command does something irreversible or costly. */
import { Console, Effect } from "effect"
import { Flag, Prompt } from "effect/cli"
import { Failed, usage } from "./failure.ts"
import { switchFlag } from "./flags.ts"

export const yesFlag = Flag.withAlias(switchFlag("yes", "Skip the confirmation, for scripts"), "y")

/** `--yes` for commands that are as final as others but do not ask, so that scripts need not know which ones do. */
export const noQuestionFlag = Flag.withAlias(switchFlag("yes", "For scripts. This command does not ask"), "y")

/** Prints the plan and asks. Without a terminal, `--yes` is required. */
export const confirm = Effect.fnUntraced(function* (plan: string, question: string, yes: boolean) {
  yield* Console.error(plan)
  if (yes) return
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    return yield* usage(`Nothing was done. ${question} Confirm with --yes.`)
  }
  const isMeant = yield* Prompt.run(Prompt.Confirm({ message: question }))
  if (!isMeant) return yield* new Failed({ kind: "refused", message: "Nothing was done." })
})
