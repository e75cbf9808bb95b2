/** Asks before something is done that can't be taken back, or that costs something. */
import { Console, Effect } from "effect"
import { Flag, Prompt } from "effect/cli"
import { Failed } from "./failure.ts"

export const yesFlag = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDefault(false),
  Flag.withDescription("Skip the confirmation, for scripts")
)

/** Says what would be done, and asks. Without a terminal nobody could answer, and `--yes` is wanted. */
export const confirm = Effect.fnUntraced(function* (plan: string, question: string, yes: boolean) {
  yield* Console.error(plan)
  if (yes) return
  if (!(process.stdin.isTTY && process.stderr.isTTY)) {
    return yield* new Failed({ kind: "usage", message: `Nothing was done. ${question} Confirm with --yes.` })
  }
  const isMeant = yield* Prompt.run(Prompt.Confirm({ message: question }))
  if (!isMeant) return yield* new Failed({ kind: "refused", message: "Nothing was done." })
})
