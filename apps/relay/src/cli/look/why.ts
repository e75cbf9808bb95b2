/** `usher why`: whether and why a person was invited, and their history. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { Display, type Invitations, People } from "@usher/admin"
import { accessFlags, AdminClient, withReadAccess } from "../support/access.ts"
import { missing } from "../support/failure.ts"
import { switchFlag, textArgument } from "../support/flags.ts"
import { jsonText, lines, listing, time } from "../support/print.ts"
import { wrap } from "../support/table.ts"
import { storyText } from "./storyText.ts"

export const why = Command.make(
  "why",
  {
    person: textArgument("person", {
      description: "An email address in any spelling, or a Spot member id",
      expected: "an email address or a Spot member id"
    }),
    all: switchFlag(
      "all",
      "Also search the webhooks that invited other people. Default: only if nothing else names the person"
    ),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ person, all, json }) {
    const client = yield* AdminClient
    let found = yield* client.people.why({ payload: { person } })
    let after = nextOf(found, all)
    while (after !== null) {
      found = People.joined(found, yield* client.people.why({ payload: { person, after } }))
      after = nextOf(found, all)
    }
    if (json) yield* Console.log(jsonText(found))
    if (found.story.length === 0) {
      return yield* missing(
        `Nothing is stored about ${Display.line(person)}: ${found.isSearched ? "no delivery names this person" : unsearched}, and no invitation is stored. What was purged or forgotten is not known.`
      )
    }
    if (!json) yield* Console.log(text(person, found))
  })
).pipe(
  Command.withDescription(
    "Explain why a person was or was not invited: an answer for each Live, then every event in order of time, with trace ids. Searches webhooks and the quarantine. Exit code 3 if nothing is stored about the person"
  ),
  Command.withExamples([
    {
      command: "usher why alice@example.com",
      description: "Whether a person was invited, and their history"
    },
    {
      command: "usher why alice@example.com --all",
      description: "Search also the webhooks that invited other people"
    }
  ]),
  Command.withShortDescription("Explain why a person was or was not invited"),
  withReadAccess
)

const nextOf = (found: People.Why, all: boolean): string | null =>
  all ? (found.next?.after ?? null) : People.nextOf(found)

const unsearched = "bodies are not searched for an id of less than 8 characters"

const text = (person: string, found: People.Why): string =>
  lines([
    wrap(`${Display.line(person)}: ${lines(found.answers.map(answer))}`),
    found.invitations.length > 0 && `\n${listing(found.invitations.map(row), "")}`,
    "",
    storyText(found.story),
    ...notes(found).map((note) => wrap(`\n${note}`))
  ])

const notes = ({ truncated, isSearched, next }: People.Why): ReadonlyArray<string> =>
  [
    truncated &&
      "The list is cut off. For everything: usher invitations list --person … and usher webhooks list --person …",
    !isSearched && `Incomplete: ${unsearched}.`,
    next !== null && "Not searched: webhooks that invited other people. To search them: --all"
  ].filter((note) => note !== false)

const answer = (answer: People.Answer): string => {
  const end = answer.until === undefined ? `(${time(answer.at)})` : `(until ${time(answer.until)})`
  return `${People.wordOf(answer)} ${Display.line(answer.text)} ${end}`
}

const row = ({ liveId, status, attempts, settledAt, createdAt, source }: Invitations.Invitation) => ({
  Live: liveId,
  Status: status,
  Attempts: attempts,
  Since: time(settledAt ?? createdAt),
  Source: source
})
