/** `usher import`: people out of a CSV file. */
import { Console, DateTime, Duration, Effect, Option, Result, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Imports } from "@usher/admin"
import { Invitation } from "@usher/core"
import { Search } from "@usher/engine"
import * as MemberIdPattern from "../config/MemberIdPattern.ts"
import { accessFlags, AdminClient, withAccess } from "./access.ts"
import { confirm, yesFlag } from "./confirm.ts"
import { Reported } from "./exit.ts"
import { Failed } from "./failure.ts"
import * as PeopleFile from "./peopleFile.ts"
import { count, length, print } from "./print.ts"
import { bar } from "./progressBar.ts"
import { liveFlag } from "./shared.ts"

export const importPeople = Command.make(
  "import",
  {
    file: Argument.String("file").pipe(Argument.withDescription("CSV, in UTF-8, of any size")),
    live: liveFlag("The id of the Live that all of them are invited to"),
    spot: Flag.String("spot").pipe(
      Flag.optional,
      Flag.withDescription("Its Spot; the only one, unless told")
    ),
    column: Flag.String("column").pipe(
      Flag.optional,
      Flag.withDescription(
        "The column with the address or the Spot member id, such as email; with --no-header its number"
      )
    ),
    delimiter: Flag.String("delimiter").pipe(
      Flag.optional,
      Flag.withDescription("What stands between cells; a comma, a semicolon or a tab is found by itself")
    ),
    noHeader: Flag.Boolean("no-header").pipe(
      Flag.withDefault(false),
      Flag.withDescription("The first line is a person, too")
    ),
    invitedBy: Flag.String("invited-by").pipe(
      Flag.optional,
      Flag.withDescription("The Spot member on whose initiative it is")
    ),
    notify: Flag.Boolean("notify").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Let MeltingSpot send its mail")
    ),
    planOnly: Flag.Boolean("plan").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Say what it would mean, and do nothing")
    ),
    yes: yesFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ file, live: liveId, planOnly, yes, json, invitedBy, notify, ...input }) {
    const { name: spot, memberId } = yield* spotOf(input.spot)
    const shape = { ...input, memberId }
    const people = yield* examine(file, shape)
    const plan = yield* planOf(spot, people)
    if (!json || !planOnly) yield* Console.error(problemsText(file, people))
    if (planOnly) {
      yield* print(json, { plan, problems: people.problems }, () => planText(liveId, plan))
    } else {
      if (people.good === 0)
        return yield* new Failed({ kind: "failed", message: `${file} names nobody who can be invited.` })
      yield* confirm(planText(liveId, plan), "Invite them?", yes)
      const by = Option.match(invitedBy, { onNone: () => ({}), onSome: (invitedBy) => ({ invitedBy }) })
      const sent = yield* send(file, shape, people.good, {
        spot,
        liveId,
        ...by,
        ...(notify ? { notify } : {})
      })
      yield* print(json, { plan, ...sent, problems: people.problems }, () => sentText(sent))
    }
    if (people.bad > 0) return yield* new Reported()
  })
).pipe(
  Command.withDescription(
    "Invite everybody in a CSV file to a Live, behind all that comes now. Reads it twice: first to say how many there are, what is wrong with which line, and how long it takes. " +
      "If it breaks off, run the same again within 24 hours: what was taken is not taken twice. Exit code 1 if a line could not be taken; the others were"
  ),
  Command.withExamples([
    { command: "usher import people.csv --live 3f0c… --plan", description: "What it would mean" },
    {
      command: "usher import people.csv --live 3f0c… --column 'E-Mail' --notify",
      description: "Another column, and with MeltingSpot's mail"
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
  const message = `${spot === undefined ? "Say with which Spot" : `There is no Spot ${spot}`}: --spot ${names.join(" or ")}`
  return yield* new Failed({ kind: spot === undefined ? "usage" : "missing", message })
})

interface People {
  readonly rows: number
  /** People in rows that can be taken. */
  readonly good: number
  /** Rows that can't be taken. */
  readonly bad: number
  /** Named more than once, among as many as are remembered. */
  readonly repeated: number
  /** The first of the bad lines. */
  readonly problems: ReadonlyArray<{ readonly line: number; readonly problem: string }>
}

/** So many bad lines are told one by one. */
const mostProblems = 20

/** Of so many people it is remembered whether they were named before; what comes after counts as new. */
const mostRemembered = 1_000_000

const examine = Effect.fnUntraced(function* (file: string, shape: PeopleFile.Shape) {
  const seen = new Set<string>()
  const problems: Array<People["problems"][number]> = []
  let [rows, good, bad, repeated] = [0, 0, 0, 0]
  yield* Stream.runForEach(PeopleFile.rows(file, shape), (row) =>
    Effect.sync(() => {
      rows++
      if ("problem" in row) {
        bad++
        if (problems.length < mostProblems) problems.push(row)
        return
      }
      good += row.members.length
      for (const person of row.members.map(Invitation.memberKey)) {
        if (seen.has(person)) repeated++
        else if (seen.size < mostRemembered) seen.add(person)
      }
    })
  )
  const people: People = { rows, good, bad, repeated, problems }
  return people
})

/** By what is spent of the budget now, and what waits already. */
const planOf = Effect.fnUntraced(function* (spot: string, { rows, good, bad, repeated }: People) {
  const client = yield* AdminClient
  const budget = (yield* client.budget.get()).find((one) => one.spot === spot)
  const people = good - repeated
  const calls = Search.calls([people])
  const limits =
    budget?.windows.map(({ calls, windowMs }) => ({ calls, window: Duration.millis(windowMs) })) ?? []
  const now = yield* DateTime.now
  const before =
    budget?.clearAt == null
      ? 0
      : Math.max(0, DateTime.toEpochMillis(budget.clearAt) - DateTime.toEpochMillis(now))
  const durationMs = before + Duration.toMillis(Search.duration(calls, limits))
  return { spot, rows, people, repeated, bad, calls, backlog: budget?.backlog ?? 0, durationMs }
})

type Plan = Effect.Success<ReturnType<typeof planOf>>

const planText = (liveId: string, { spot, people, repeated, calls, backlog, durationMs }: Plan): string =>
  `${count(people, "person", "people")} to the Live ${liveId}, with the Spot ${spot}` +
  (repeated === 0 ? "" : ` (${count(repeated, "row names", "rows name")} somebody again)`) +
  `: ${count(calls, "call")} to MeltingSpot, ${length(durationMs)} at least` +
  (backlog === 0
    ? "."
    : `, behind the ${count(backlog, "invitation that waits", "invitations that wait")} now.`)

const problemsText = (file: string, { bad, problems }: People): string =>
  bad === 0
    ? `${file}: every row can be taken.`
    : [
        `${file}: ${count(bad, "row")} can't be taken:`,
        ...problems.map(({ line, problem }) => `  line ${line}: ${problem}`),
        ...(bad > problems.length ? [`  and ${count(bad - problems.length, "more", "more")}`] : [])
      ].join("\n")

/** Some at once, so that a distant relay does not make it slow. */
const concurrency = 4

/** Piece by piece. A piece holds the same rows each time, and the relay knows it again for 24 hours. */
const send = Effect.fnUntraced(function* (
  file: string,
  shape: PeopleFile.Shape,
  total: number,
  invitation: Omit<Imports.Piece, "members">
) {
  const client = yield* AdminClient
  const { update } = yield* bar("Importing", total)
  let [taken, before] = [0, 0]
  yield* PeopleFile.rows(file, shape).pipe(
    Stream.flatMap((row) => ("members" in row ? Stream.fromIterable(row.members) : Stream.empty)),
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
    `${count(taken, "person", "people")} taken; they are invited behind all that comes now.`,
    ...(before === 0
      ? []
      : [`${count(before, "person was", "people were")} taken in the last 24 hours, and not again.`])
  ].join("\n")
