/** Asks before something is done that can't be taken back, or that costs something. */
import { Console, Effect } from "effect"
import { Flag, Prompt } from "effect/cli"
import { Failed, usage } from "./failure.ts"
import { switchFlag } from "./flags.ts"

export const yesFlag = Flag.withAlias(switchFlag("yes", "Skip the confirmation, for scripts"), "y")

/** Says what would be done, and asks. Without a terminal nobody could answer, and `--yes` is wanted. */
export const confirm = Effect.fnUntraced(function* (plan: string, question: string, yes: boolean) {
  yield* Console.error(plan)
  if (yes) return
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    return yield* usage(`Nothing was done. ${question} Confirm with --yes.`)
  }
  const isMeant = yield* Prompt.run(Prompt.Confirm({ message: question }))
  if (!isMeant) return yield* new Failed({ kind: "refused", message: "Nothing was done." })
})
