/** `usher import`: invite the people in a CSV file or a workbook. */
import { Console, Effect, Option, Result, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import type { Imports } from "@usher/admin"
import { examine } from "@usher/people/examine"
import * as Find from "@usher/people/find"
import { concurrency, pieces } from "@usher/people/pieces"
import type * as Rows from "@usher/people/rows"
import * as MemberIdPattern from "../../config/MemberIdPattern.ts"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Reported } from "../support/exit.ts"
import { failed, missing, usage } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { invitationFlags, liveFlag, planFlag, switchFlag, textFlag } from "../support/flags.ts"
import { count, lines, print } from "../support/print.ts"
import { bar } from "../support/progressBar.ts"
import * as Column from "./importColumn.ts"
import { nobodyText, planOf, planText, problemsText } from "./importPlan.ts"

export const importPeople = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription(
        "A CSV file of any size, in UTF-8 or UTF-16, or an Excel workbook (.xlsx) of at most 32 MiB"
      )
    ),
    live: liveFlag("The id of the Live to invite them to"),
    spot: textFlag("spot", "The Spot of the Live. Default: the only one configured"),
    column: textFlag(
      "column",
      "The column with the email addresses or Spot member ids: its heading, such as email, or its number. Default: the column with a known heading or with addresses"
    ),
    delimiter: textFlag(
      "delimiter",
      "The character between cells, or tab. Default: detected from comma, semicolon, tab and |"
    ),
    sheet: textFlag("sheet", "The sheet of a workbook: its name, or its number. Default: the first"),
    noHeader: switchFlag(
      "no-header",
      "The file has no heading line. Detected if the first line has an address"
    ),
    ...invitationFlags,
    planOnly: planFlag,
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ file, live: liveId, planOnly, yes, json, invitedBy, notify, ...input }) {
    const { name: spot, memberId } = yield* spotOf(input.spot)
    const delimiter = yield* Effect.transposeOption(Option.map(input.delimiter, Column.delimiterOf))
    const shape = { ...input, delimiter, memberId }
    const reading = yield* Column.reading(file, yield* Find.layoutOf(file, shape), shape, !json)
    const people = yield* examine(reading)
    const plan = yield* planOf({ liveId, spot }, reading, people)
    const { cleaned, problems } = people
    if (!json || !planOnly) yield* Console.error(problemsText(file, people))
    if (planOnly) {
      yield* print(json, { plan, problems, cleaned }, () => planText(liveId, plan))
    } else {
      if (plan.people === 0) return yield* failed(nobodyText(reading))
      yield* confirm(planText(liveId, plan), "Invite them?", yes)
      const invitation = { spot, liveId, ...present({ invitedBy }), ...(notify ? { notify } : {}) }
      const sent = yield* send(reading, plan.people, invitation)
      yield* print(json, { plan, ...sent, problems, cleaned }, () => sentText(sent))
    }
    if (people.counts.bad > 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Invite everybody in a CSV file or an Excel workbook to a Live, with a lower priority than new webhooks. The command first shows its plan: the column, the number of people, the invalid lines and the expected duration. " +
      "It asks if several columns may hold the addresses; without a terminal, give --column. " +
      "If the import is interrupted, run the same command again within 24 hours: people already imported are skipped. Exit code 1 if a line was rejected; the other lines are imported"
  ),
  Command.withExamples([
    { command: "usher import people.csv --live 3f0c… --plan", description: "Show the plan" },
    {
      command: "usher import people.csv --live 3f0c… --column 'E-Mail' --notify",
      description: "Another column, with an email from MeltingSpot"
    },
    {
      command: "usher import people.xlsx --live 3f0c… --sheet Guests --plan",
      description: "A sheet of a workbook"
    },
    {
      command: "usher import people.csv --live 3f0c… --no-header --column 2 --delimiter tab --yes",
      description: "A file without a heading line, from a script"
    }
  ]),
  Command.withShortDescription("Invite everybody in a CSV file or a workbook to a Live"),
  withAccess
)

const spotOf = Effect.fnUntraced(function* (given: Option.Option<string>) {
  const client = yield* AdminClient
  const spots = yield* client.spots.list()
  const name = Option.getOrUndefined(given)
  const found = name === undefined && spots.length === 1 ? spots[0] : spots.find((spot) => spot.name === name)
  if (found !== undefined) {
    const memberId = found.memberId === undefined ? undefined : MemberIdPattern.compile(found.memberId)
    return { name: found.name, memberId: memberId && Result.getOrUndefined(memberId) }
  }
  const hint = `Give --spot ${spots.map(({ name }) => name).join(" or ")}`
  return yield* name === undefined
    ? usage(`Several Spots are configured. ${hint}`)
    : missing(`There is no Spot ${name}. ${hint}`)
})

const send = Effect.fnUntraced(function* (
  reading: Rows.Reading,
  total: number,
  invitation: Omit<Imports.Piece, "members">
) {
  const client = yield* AdminClient
  const { update } = yield* bar("Importing", total)
  let [taken, before] = [0, 0]
  yield* pieces(reading).pipe(
    Stream.mapEffect(
      (members) =>
        Effect.flatMap(client.imports.add({ payload: { ...invitation, members } }), ({ duplicate }) => {
          if (duplicate) before += members.length
          else taken += members.length
          return update(taken + before)
        }),
      { concurrency }
    ),
    Stream.runDrain
  )
  return { taken, before }
}, Effect.scoped)

const sentText = ({ taken, before }: { readonly taken: number; readonly before: number }): string =>
  lines([
    `Imported ${count(taken, "person", "people")}. New webhooks have a higher priority.`,
    before > 0 && `Skipped ${count(before, "person", "people")} imported in the last 24 hours.`
  ])
