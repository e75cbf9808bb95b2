/** A message to a channel: the problems that began and ended since its last message. */
import { DateTime, Schema } from "effect"
import { type Concern, keyOf, Urgency } from "@usher/model/Concern"

/** A concern of the relay, as it is reported and stored. Its texts name no person. */
export const Problem = Schema.Struct({
  /** Stays the same as long as the problem lasts. */
  key: Schema.String,
  urgency: Urgency,
  /** What is wrong, and where, in sentences. */
  text: Schema.String,
  /** What happens next, or what to do: a sentence. */
  next: Schema.String,
  /** Milliseconds since 1970. Null if that is unknown. */
  since: Schema.NullOr(Schema.Number)
})

export type Problem = typeof Problem.Type

export interface Message {
  /** The same for each try to send this message. */
  readonly id: string
  readonly began: ReadonlyArray<Problem>
  readonly ended: ReadonlyArray<Problem>
  /** The URL of the relay's page. */
  readonly link: string
}

/** Leaves out the reason, which can be the upstream's words. */
export const problemOf = (concern: Concern): Problem => ({
  key: keyOf(concern),
  urgency: concern.urgency,
  text: concern.text,
  next: `${concern.next}${concern.nextAt === null ? "" : ` at ${timeOf(DateTime.toEpochMillis(concern.nextAt))}`}.`,
  since: concern.since === null ? null : DateTime.toEpochMillis(concern.since)
})

/** At most so many problems are written out. */
const maxListed = 20

/** Such as `Usher: 2 problems, 1 resolved`. */
export const title = ({ began, ended }: Message): string => {
  const problems = began.length === 1 ? "1 problem" : `${began.length} problems`
  const parts = [
    ...(began.length === 0 ? [] : [problems]),
    ...(ended.length === 0 ? [] : [`${ended.length} resolved`])
  ]
  return `Usher: ${parts.join(", ")}`
}

/** A line for each problem. */
export const lines = ({ began, ended }: Message): ReadonlyArray<string> => {
  const all = [
    ...began.map(({ urgency, text, next, since }) => `${urgency}: ${text}${sinceText(since)} ${next}`),
    ...ended.map(({ text }) => `resolved: ${text}`)
  ]
  const more = all.length - maxListed
  return more > 0 ? [...all.slice(0, maxListed), `and ${more} more`] : all
}

const sinceText = (since: number | null): string => (since === null ? "" : ` Since ${timeOf(since)}.`)

/** Such as `2026-11-30 01:45 UTC`. */
const timeOf = (at: number): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(at)).slice(0, 16).replace("T", " ")} UTC`
