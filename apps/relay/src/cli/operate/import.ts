/** `usher import`: people out of a CSV file. */
import { Console, Effect, Option, Result, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Imports } from "@usher/admin"
import * as MemberIdPattern from "../../config/MemberIdPattern.ts"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { confirm, yesFlag } from "../support/confirm.ts"
import { Reported } from "../support/exit.ts"
import { Failed } from "../support/failure.ts"
import { liveFlag } from "../support/flags.ts"
import { count, print } from "../support/print.ts"
import { bar } from "../support/progressBar.ts"
import { examine, nobodyText, planOf, planText, problemsText } from "./importPlan.ts"
import * as Column from "./people/column.ts"
import * as Distinct from "./people/distinct.ts"
import * as Find from "./people/find.ts"
import * as Rows from "./people/rows.ts"

export const importPeople = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A CSV file of any size, in UTF-8 or UTF-16")
    ),
    live: liveFlag("The id of the Live to invite them to"),
    spot: Flag.String("spot").pipe(
      Flag.optional,
      Flag.withDescription("The Spot of the Live. Default: the only one configured")
    ),
    column: Flag.String("column").pipe(
      Flag.optional,
      Flag.withDescription(
        "The column with the email addresses or Spot member ids: its heading, such as email, or its number. Default: the column with a known heading or with addresses"
      )
    ),
    delimiter: Flag.String("delimiter").pipe(
      Flag.optional,
      Flag.withDescription(
        "The character between cells, or tab. Default: detected from comma, semicolon, tab and |"
      )
    ),
    noHeader: Flag.Boolean("no-header").pipe(
      Flag.withDefault(false),
      Flag.withDescription("The file has no heading line. Detected if the first line has an address")
    ),
    invitedBy: Flag.String("invited-by").pipe(
      Flag.optional,
      Flag.withDescription("The id of the Spot member who invites")
    ),
    notify: Flag.Boolean("notify").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Let MeltingSpot send an email")
    ),
    planOnly: Flag.Boolean("plan").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Show the plan, and change nothing")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ file, live: liveId, planOnly, yes, json, invitedBy, notify, ...input }) {
    const { name: spot, memberId } = yield* spotOf(input.spot)
    const shape = { ...input, memberId }
    const reading = yield* Column.reading(file, yield* Find.layoutOf(file, shape), shape, !json)
    const people = yield* examine(reading)
    const plan = yield* planOf(spot, reading, people)
    const { cleaned, problems } = people
    if (!json || !planOnly) yield* Console.error(problemsText(file, people))
    if (planOnly) {
      yield* print(json, { plan, problems, cleaned }, () => planText(liveId, plan))
    } else {
      if (plan.people === 0) {
        return yield* new Failed({ kind: "failed", message: nobodyText(reading) })
      }
      yield* confirm(planText(liveId, plan), "Invite them?", yes)
      const by = Option.match(invitedBy, { onNone: () => ({}), onSome: (invitedBy) => ({ invitedBy }) })
      const sent = yield* send(reading, plan.people, {
        spot,
        liveId,
        ...by,
        ...(notify ? { notify } : {})
      })
      yield* print(json, { plan, ...sent, problems, cleaned }, () => sentText(sent))
    }
    if (people.bad > 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Invite everybody in a CSV file to a Live, with a lower priority than new webhooks. The command first shows its plan: the column, the number of people, the invalid lines and the expected duration. " +
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
      command: "usher import people.csv --live 3f0c… --no-header --column 2 --delimiter tab --yes",
      description: "A file without a heading line, from a script"
    }
  ]),
  Command.withShortDescription("Invite everybody in a CSV file to a Live"),
  withAccess
)

const spotOf = Effect.fnUntraced(function* (given: Option.Option<string>) {
  const client = yield* AdminClient
  const spots = yield* client.spots.list()
  const names = spots.map(({ name }) => name)
  const [only] = names
  const spot = Option.getOrElse(given, () => (names.length === 1 ? only : undefined))
  const found = spots.find(({ name }) => name === spot)
  if (found !== undefined) {
    const memberId = Result.getOrUndefined(MemberIdPattern.compile(found.memberId ?? ""))
    return { name: found.name, memberId: found.memberId === undefined ? undefined : memberId }
  }
  const message = `${spot === undefined ? "Several Spots are configured" : `There is no Spot ${spot}`}. Give --spot ${names.join(" or ")}`
  return yield* new Failed({ kind: spot === undefined ? "usage" : "missing", message })
})

/** Some at once, so that a distant relay does not make it slow. */
const concurrency = 4

/** Piece by piece, each person once. A piece holds the same rows each time, and the relay knows it again for 24 hours. */
const send = Effect.fnUntraced(function* (
  reading: Rows.Reading,
  total: number,
  invitation: Omit<Imports.Piece, "members">
) {
  const client = yield* AdminClient
  const { update } = yield* bar("Importing", total)
  let [taken, before] = [0, 0]
  const isNew = Distinct.make()
  yield* Rows.rows(reading).pipe(
    Stream.map((row) => ("members" in row ? row.members.filter(isNew) : [])),
    Stream.flattenIterable,
    Stream.grouped(Imports.mostMembers),
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
  [
    `Imported ${count(taken, "person", "people")}. New webhooks have a higher priority.`,
    ...(before === 0 ? [] : [`Skipped ${count(before, "person", "people")} imported in the last 24 hours.`])
  ].join("\n")
