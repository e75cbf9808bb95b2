/** `usher forget`: a person's right to be forgotten. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Display } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "./access.ts"
import { confirm, yesFlag } from "./confirm.ts"
import { count, print } from "./print.ts"
import { personArgument } from "./why.ts"

export const forget = Command.make(
  "forget",
  { person: personArgument, yes: yesFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ person, yes, json }) {
    const client = yield* AdminClient
    const { invitations, story } = yield* client.people.why({ payload: { person } })
    const webhooks = new Set(story.flatMap(({ webhookId }) => webhookId ?? []))
    yield* confirm(
      `${Display.line(person)}: ${count(invitations.length, "invitation")}, named by ${count(webhooks.size, "webhook")}. ` +
        "The address, the attempts and these bodies go; what was not sent is cancelled. Nobody can bring them back.",
      "Forget this person?",
      yes
    )
    const forgotten = yield* client.people.forget({ payload: { person } })
    yield* print(
      json,
      forgotten,
      () =>
        `Forgotten: ${count(forgotten.invitations, "invitation")}, and the bodies of ${count(forgotten.webhooks, "webhook")}.`
    )
  })
).pipe(
  Command.withDescription(
    "Forget a person: the address, the attempts and the bodies that name them go, and what was not sent is cancelled. MeltingSpot itself is not told"
  ),
  Command.withShortDescription("Forget a person: address, attempts and bodies go"),
  withAccess
)
