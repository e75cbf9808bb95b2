/** `usher search`: find Lives, people, webhooks, invitations and refused deliveries by a text of any kind. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import { Display, Search } from "@usher/admin"
import { accessFlags, AdminClient, withReadAccess } from "../support/access.ts"
import { missing } from "../support/failure.ts"
import { textArgument } from "../support/flags.ts"
import { jsonText, lines, listing, time } from "../support/print.ts"
import { quoted } from "../support/shell.ts"

export const search = Command.make(
  "search",
  {
    text: textArgument("text", {
      description: "A part of a Live's title or of an address, an id, a delivery id or a trace id",
      expected: "a text"
    }),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ text, json }) {
    const client = yield* AdminClient
    let found = yield* client.search.all({ payload: { text } })
    for (let after = Search.nextOf(found); after !== null; after = Search.nextOf(found)) {
      found = Search.joined(found, yield* client.search.all({ payload: { text, after } }))
    }
    if (json) yield* Console.log(jsonText(found))
    if (Search.sizeOf(found) === 0) return yield* missing(nothingText(text))
    if (!json) yield* Console.log(foundText(found))
  })
).pipe(
  Command.withDescription(
    "Find Lives by a part of the title, people by a part of the address, webhooks and invitations by an id, a delivery id or a trace id, and refused deliveries by any text. Prints about 100 results. Exit code 3 if nothing is found"
  ),
  Command.withExamples([
    { command: "usher search 'product demo'", description: "The Lives with this text in the title" },
    { command: "usher search alice@exam", description: "The people with this text in the address" }
  ]),
  Command.withShortDescription("Find anything by a title, an address or an id"),
  withReadAccess
)

/** A search compares parts of stored texts. Only `usher why` finds an address in every spelling of a body. */
const nothingText = (text: string): string =>
  lines(
    [
      `Nothing found for ${Display.line(text)}.`,
      /[^\s@]@[^\s@]/.test(text) && `For a whole address: usher why ${quoted(Display.escape(text))}`
    ],
    " "
  )

const foundText = ({ lives, people, webhooks, invitations, quarantined, next }: Search.Found): string =>
  lines(
    [
      ...[
        lives.map(({ liveId, title, spot, startsAt }) => ({
          Live: liveId,
          Title: title ?? "",
          Spot: spot,
          Begins: time(startsAt)
        })),
        people.map((person) => ({ Person: person })),
        webhooks.map(({ id, receivedAt, source, deliveryId, status }) => ({
          Webhook: id,
          Received: time(receivedAt),
          Source: source,
          "Delivery id": deliveryId ?? "",
          Status: status
        })),
        invitations.map(({ id, createdAt, member, liveId, status }) => ({
          Invitation: id,
          Created: time(createdAt),
          Person: member ?? "forgotten",
          Live: liveId,
          Status: status
        })),
        quarantined.map(({ id, lastAt, source, message }) => ({
          Quarantined: id,
          "Last received": time(lastAt),
          Source: source,
          Reason: message
        }))
      ].map((rows) => rows.length > 0 && listing(rows, "")),
      next !== null && "There are more results. Search for a longer text."
    ],
    "\n\n"
  )
