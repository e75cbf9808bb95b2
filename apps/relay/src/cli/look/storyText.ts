/** A story for people: grouped by day, a line for each event, and the ids to look further below it. */
import { DateTime } from "effect"
import { Display, type Story } from "@usher/admin"
import { lines, time } from "../support/print.ts"

export const storyText = (story: ReadonlyArray<Story.StoryEntry>): string => {
  const written: Array<string> = []
  let today = ""
  let trace: string | undefined
  for (const { at, kind, text, until, quarantinedId, webhookId, invitationId, traceId } of story) {
    const iso = DateTime.formatIso(at)
    if (!iso.startsWith(`${today}T`)) {
      today = iso.slice(0, 10)
      written.push(`${written.length === 0 ? "" : "\n"}${today} (UTC)`)
    }
    const end = until === undefined ? "" : `, until ${time(until)}`
    written.push(`  ${iso.slice(11, 23)}  ${kind.padEnd(kindWidth)}  ${Display.line(text)}${end}`)
    const ids = lines(
      [
        kind === "refused" && quarantinedId,
        kind === "received" && webhookId,
        kind === "asked" && invitationId,
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
