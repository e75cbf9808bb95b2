/** What a message says of a problem that is over: without the numbers and the advice of the time when it was reported. */
import { Option, Schema } from "effect"
import { Kind } from "@usher/model/Concern"
import type { Problem } from "./Message.ts"

const decode = Schema.decodeOption(
  Schema.fromJsonString(
    Schema.Tuple([
      Kind,
      Schema.NullOr(Schema.String),
      Schema.NullOr(Schema.String),
      Schema.NullOr(Schema.String)
    ])
  )
)

type About = Readonly<Record<"source" | "spot" | "live", string>>

/** The cause of an end is unknown: it can be the upstream, a person, or a Spot that was removed. */
const sentences: Readonly<Record<Kind, (about: About) => string>> = {
  key_refused: ({ spot }) => `MeltingSpot no longer refuses the key of Spot ${spot}.`,
  circuit_open: ({ spot }) => `MeltingSpot answers the calls of Spot ${spot} again.`,
  source_silent: ({ source }) => `Source ${source} is no longer silent.`,
  refusals_rising: ({ source }) =>
    `The relay no longer refuses more deliveries of source ${source} than usual.`,
  mapping_backlog: () => "Webhooks no longer wait to be mapped.",
  budget_spent: ({ spot }) => `The budget of Spot ${spot} is no longer used up.`,
  budget_too_small: ({ spot }) => `The budget of Spot ${spot} is large enough again for its due invitations.`,
  live_parked: ({ live, spot }) =>
    live === ""
      ? `Fewer Lives of Spot ${spot} are parked.`
      : `The Live ${live} of Spot ${spot} is no longer parked.`,
  dead_letters: ({ spot }) => `Spot ${spot} has no more dead letters.`,
  failed_mappings: ({ source }) => `Source ${source} has no more failed mappings.`,
  quarantine: ({ source }) => `Source ${source} has no more deliveries in quarantine.`,
  spot_paused: ({ spot }) => `Spot ${spot} is no longer paused.`,
  source_paused: ({ source }) => `Source ${source} is no longer paused.`,
  cooldown: ({ spot }) => `Spot ${spot} is no longer in cooldown.`
}

/** The problem with the sentence about its end in place of those about itself. */
export const over = (problem: Problem): Problem => ({
  ...problem,
  text: textOf(problem),
  next: "There is nothing to do."
})

/** Problems of one relay, which the database can't hold, by their keys. */
const ofOneRelay: Readonly<Record<string, string>> = {
  cannot_store: "The relay can write to its database again."
}

const textOf = ({ key, text }: Problem): string =>
  Option.match(decode(key), {
    onNone: () => ofOneRelay[key] ?? text,
    onSome: ([kind, source, spot, live]) =>
      sentences[kind]({ source: source ?? "", spot: spot ?? "", live: live ?? "" })
  })
