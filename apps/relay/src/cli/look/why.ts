/** `usher why`: the history of one person. */
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { Display, type Invitations, type People } from "@usher/admin"
import { accessFlags, AdminClient, withReadAccess } from "../support/access.ts"
import { missing } from "../support/failure.ts"
import { count, jsonText, lines, listing, time } from "../support/print.ts"
import { storyText } from "./storyText.ts"

export const why = Command.make(
  "why",
  {
    person: Argument.String("person").pipe(
      Argument.withDescription("An email address in any spelling, or a Spot member id")
    ),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ person, json }) {
    const client = yield* AdminClient
    const found = yield* client.people.why({ payload: { person } })
    if (json) yield* Console.log(jsonText(found))
    if (found.story.length === 0) {
      return yield* missing(
        `Nothing is stored about ${Display.line(person)}: no webhook names this person, and no invitation was requested.`
      )
    }
    if (!json) yield* Console.log(text(person, found))
  })
).pipe(
  Command.withDescription(
    "Explain why a person was or was not invited: every event in order of time, with trace ids. Exit code 3 if nothing is stored about the person"
  ),
  Command.withExamples([
    { command: "usher why alice@example.com", description: "The history of one person" }
  ]),
  Command.withShortDescription("Explain why a person was or was not invited"),
  withReadAccess
)

const text = (person: string, { invitations, story, truncated }: People.Why): string =>
  lines([
    `${Display.line(person)}: ${invitations.length === 0 ? "no invitation" : count(invitations.length, "invitation")}`,
    invitations.length > 0 && `\n${listing(invitations.map(row), "")}`,
    "",
    storyText(story),
    truncated &&
      "\nThe list is cut off. For everything: usher invitations list --person … and usher webhooks list --person …"
  ])

const row = ({ liveId, status, attempts, settledAt, createdAt, source }: Invitations.Invitation) => ({
  Live: liveId,
  Status: status,
  Attempts: attempts,
  Since: time(settledAt ?? createdAt),
  Source: source
})
