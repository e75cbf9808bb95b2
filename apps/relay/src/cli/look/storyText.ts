/** A story for people: by day, one line for each thing that happened, and below it where to look further. */
import { Display, type Story } from "@usher/admin"
import { clock, day, time } from "../support/print.ts"

export const storyText = (story: ReadonlyArray<Story.StoryEntry>): string => {
  const lines: Array<string> = []
  let today = ""
  let trace: string | undefined
  for (const entry of story) {
    if (day(entry.at) !== today) {
      today = day(entry.at)
      lines.push(...(lines.length === 0 ? [] : [""]), `${today} (UTC)`)
    }
    const until = entry.until === undefined ? "" : `, until ${time(entry.until)}`
    lines.push(`  ${clock(entry.at)}  ${entry.kind.padEnd(kindWidth)}  ${Display.line(entry.text)}${until}`)
    const isNewTrace = entry.traceId !== undefined && entry.traceId !== trace
    trace = entry.traceId ?? trace
    const ids = [
      ...(entry.kind === "received" || entry.kind === "asked" ? [idOf(entry)] : []),
      ...(isNewTrace ? [`trace ${entry.traceId}`] : [])
    ].filter((id) => id !== undefined)
    if (ids.length > 0) lines.push(`${" ".repeat(kindWidth + 18)}${ids.join("  ")}`)
  }
  return lines.join("\n")
}

/** Of what begins here; what follows is about the same. */
const idOf = ({ kind, webhookId, invitationId }: Story.StoryEntry) =>
  kind === "received" ? webhookId : invitationId

const kindWidth = "unmappable".length
