/** `usher forget`: delete the data of one person. */
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { Display, People } from "@usher/admin"
import type { Forgotten } from "@usher/model/Forgotten"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { missing } from "../support/failure.ts"
import { switchFlag } from "../support/flags.ts"
import { count, jsonText, lines, print } from "../support/print.ts"

export const forget = Command.make(
  "forget",
  {
    person: Argument.String("person").pipe(
      Argument.withDescription(
        "One complete email address, one complete Spot member id, or the exact text under which a person is stored"
      )
    ),
    planOnly: switchFlag("plan", "Show what would be forgotten, and change nothing"),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ person, planOnly, yes, json }) {
    const client = yield* AdminClient
    const plan = yield* client.people.forgetPlan({ payload: { person } })
    if (People.isNothing(plan)) {
      if (planOnly && json) yield* Console.log(jsonText(plan))
      const text = `Nothing is stored about ${Display.line(person)}${People.sinceForgotten(plan)}.`
      return yield* missing(lines([text, unreadableText(plan)], " "))
    }
    if (planOnly) return yield* print(json, plan, () => planText(person, plan))
    yield* confirm(planText(person, plan), "Forget this person?", yes)
    const forgotten = yield* client.people.forget({ payload: { person } })
    yield* print(json, forgotten, () => `Forgotten: ${People.inWords(forgotten)}.`)
  })
).pipe(
  Command.withDescription(
    "Forget a person: delete the address, the attempts and the bodies that name them, and cancel unsent invitations. MeltingSpot keeps its own data. Exit code 2 if the text is no complete address or id, 3 if nothing is stored about the person"
  ),
  Command.withExamples([
    { command: "usher forget alice@example.com --plan", description: "What would be forgotten" },
    { command: "usher forget alice@example.com --yes", description: "Without confirmation, for scripts" }
  ]),
  Command.withShortDescription("Forget a person: delete address, attempts and bodies"),
  withAccess
)

const planText = (person: string, plan: Forgotten): string =>
  lines(
    [
      `${Display.line(person)}: ${People.inWords(plan)}.`,
      "Address, attempts, bodies and headers are deleted for good. Unsent invitations are canceled.",
      plan.waiting > 0 &&
        "Webhooks that are not mapped yet still invite the other people in them. Then their bodies are deleted.",
      plan.unmappable > 0 &&
        "Nobody else in an unmappable webhook can be invited afterwards: fix its mapping and remap it first.",
      unreadableText(plan)
    ],
    " "
  )

const unreadableText = ({ unreadable }: Forgotten) =>
  unreadable > 0 &&
  `${count(unreadable, "compressed body", "compressed bodies")} can't be read and may name anybody. To delete them: usher purge and usher quarantine discard.`
