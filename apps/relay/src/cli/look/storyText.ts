/** A story for people: grouped by day, a line for each event, and the ids to look further below it. */
import { Display, type Story } from "@usher/admin"
import { lines, local, time } from "../support/print.ts"
import { beside } from "../support/table.ts"

export const storyText = (story: ReadonlyArray<Story.StoryEntry>): string => {
  const written: Array<string> = []
  let today = ""
  let trace: string | undefined
  for (const { at, kind, text, until, quarantinedId, webhookId, invitationId, traceId } of story) {
    const { day, offset, time: timeOfDay } = local(at)
    const heading = `${day} (UTC${offset === "Z" ? "" : offset})`
    if (heading !== today) {
      today = heading
      written.push(`${written.length === 0 ? "" : "\n"}${heading}`)
    }
    const end = until === undefined ? "" : `, until ${time(until)}`
    written.push(beside(`  ${timeOfDay}  ${kind.padEnd(kindWidth)}  `, `${Display.line(text)}${end}`))
    const ids = lines(
      [
        kind === "refused" && quarantinedId,
        kind === "received" && webhookId,
        kind === "requested" && invitationId,
        traceId !== undefined && traceId !== trace && `trace ${traceId}`
      ],
      "  "
    )
    trace = traceId ?? trace
    if (ids !== "") written.push(`${" ".repeat(kindWidth + 18)}${ids}`)
  }
  return written.join("\n")
}

const kindWidth = "unmappable".length
