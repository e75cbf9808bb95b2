/** `usher export`: the people of a Live, as CSV or NDJSON on standard output. */
import { Console, Effect, Option, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { Display, Lives } from "@usher/admin"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { missing } from "../support/failure.ts"
import { present } from "../support/filters.ts"
import { liveFlag, textFlag } from "../support/flags.ts"
import { fullPage } from "../support/fullPage.ts"

/** Lines that are printed at once. */
const printed = 500

export const exportPeople = Command.make(
  "export",
  {
    input: {
      liveId: liveFlag("The Live whose people are exported"),
      spot: textFlag("spot", "Only invitations by this Spot. Default: by every Spot"),
      which: Flag.Literals("which", Lives.Which.literals).pipe(
        Flag.optional,
        Flag.withDescription("Which invitations. Default: sent, the people who were invited")
      )
    },
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ input: { liveId, ...filter }, json }) {
    const client = yield* AdminClient
    const spot = present({ spot: filter.spot })
    const { items } = yield* fullPage(
      (page) => client.invitations.search({ payload: { live: liveId, ...spot, ...page } }),
      { limit: 1 }
    )
    if (items.length === 0) {
      const bySpot = Option.match(filter.spot, {
        onNone: () => "",
        onSome: (spot) => ` by the Spot ${Display.line(spot)}`
      })
      return yield* missing(
        `No invitations to the Live ${Display.line(liveId)}${bySpot}. To list Lives: usher lives list`
      )
    }
    const format = json ? "ndjson" : "csv"
    const people = yield* client.lives.export({ query: { liveId, ...present(filter), format } })
    yield* people.pipe(
      Stream.decodeText,
      Stream.splitLines,
      Stream.grouped(printed),
      Stream.runForEach((lines) => Console.log(lines.map(Display.json).join("\n")))
    )
  })
).pipe(
  withAccess,
  Command.withDescription(
    "Print the people of a Live with the status of their invitations: as CSV, or with --json one JSON object for each line. Any number of people"
  ),
  Command.withShortDescription("Print the people who were invited to a Live, as CSV or JSON"),
  Command.withExamples([
    {
      command: "usher export --live 3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10 > invited.csv",
      description: "Who was invited?"
    },
    {
      command: "usher export --live 3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10 --which failed --json",
      description: "Who was not, and why?"
    }
  ])
)
