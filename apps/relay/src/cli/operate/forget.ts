/** `usher forget`: a person's right to be forgotten. */
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Display, People } from "@usher/admin"
import type { Forgotten } from "@usher/model/Forgotten"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Failed } from "../support/failure.ts"
import { count, print } from "../support/print.ts"

export const forget = Command.make(
  "forget",
  {
    person: Argument.String("person").pipe(
      Argument.withDescription(
        "One whole address or one whole Spot member id, or exactly a text under which somebody is stored"
      )
    ),
    planOnly: Flag.Boolean("plan").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Say what would be forgotten, and do nothing")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ person, planOnly, yes, json }) {
    const client = yield* AdminClient
    const plan = yield* client.people.forgetPlan({ payload: { person } })
    if (planOnly) return yield* print(json, plan, () => planText(person, plan))
    if (People.isNothing(plan)) {
      return yield* new Failed({
        kind: "missing",
        message: [`Nothing is stored of ${Display.line(person)}.`, ...unreadableText(plan)].join(" ")
      })
    }
    yield* confirm(planText(person, plan), "Forget this person?", yes)
    const forgotten = yield* client.people.forget({ payload: { person } })
    yield* print(json, forgotten, () => `Forgotten: ${People.inWords(forgotten)}.`)
  })
).pipe(
  Command.withDescription(
    "Forget a person: the address, the attempts and the bodies that name them go, and what was not sent is cancelled. MeltingSpot itself is not told. Exit code 2 for a text that is no whole address or id, 3 if nothing is stored of the person"
  ),
  Command.withExamples([
    { command: "usher forget alice@example.com --plan", description: "What would be forgotten" },
    { command: "usher forget alice@example.com --yes", description: "Without a question, for scripts" }
  ]),
  Command.withShortDescription("Forget a person: address, attempts and bodies go"),
  withAccess
)

const planText = (person: string, plan: Forgotten): string =>
  [
    `${Display.line(person)}: ${People.inWords(plan)}.`,
    "Address, attempts, bodies and headers go for good; what is not sent is canceled.",
    ...(plan.waiting === 0
      ? []
      : ["Webhooks that wait invite the others in them, and lose their bodies then."]),
    ...(plan.unmappable === 0
      ? []
      : [
          "Nobody else in an unmappable webhook can be invited afterwards: mend its mapping and replay it first."
        ]),
    ...unreadableText(plan)
  ].join(" ")

const unreadableText = ({ unreadable }: Forgotten): ReadonlyArray<string> =>
  unreadable === 0
    ? []
    : [
        `${count(unreadable, "compressed body", "compressed bodies")} can't be read and may name anybody; usher purge and usher quarantine discard remove them.`
      ]
