/** The table of known senders. Adding one is adding its row under `senders/`, and its tests. */
import { Array as Arr, Option } from "effect"
import type { Sender } from "./Sender.ts"
import { commerce } from "./senders/commerce.ts"
import { crm } from "./senders/crm.ts"
import { engineering } from "./senders/engineering.ts"
import { events } from "./senders/events.ts"
import { forms } from "./senders/forms.ts"
import { generic } from "./senders/generic.ts"
import { messaging } from "./senders/messaging.ts"

/**
 * Every sender, in the order of the documentation.
 *
 * @category table
 * @since 0.1.0
 */
export const all: ReadonlyArray<Sender> = [
  ...generic,
  ...forms,
  ...events,
  ...crm,
  ...commerce,
  ...messaging,
  ...engineering
]

const byName: ReadonlyMap<string, Sender> = new Map(all.map((sender) => [sender.name, sender]))

/**
 * The names in the table, without aliases.
 *
 * @category table
 * @since 0.1.0
 */
export const names: ReadonlyArray<string> = all.map((sender) => sender.name)

/**
 * Other spellings that people try. `hubspot` is no alias but a row of its own, which picks its version by the headers.
 *
 * @category table
 * @since 0.1.0
 */
export const aliases: Readonly<Record<string, string>> = {
  calcom: "cal-com",
  "cal.com": "cal-com",
  facebook: "meta",
  "paddle-billing": "paddle",
  "raw-hmac": "raw-hmac-sha256-hex",
  "standard-webhook": "standard-webhooks"
}

/**
 * The known name or alias that is nearest to a misspelt one: at most two letters away, or begun by it.
 *
 * @category accessors
 * @since 0.1.0
 */
export const nearest = (name: string): Option.Option<string> => {
  const key = name.toLowerCase()
  const near = [...names, ...Object.keys(aliases)]
    .map((known) => ({ known, distance: distance(key, known) }))
    .filter(({ distance, known }) => distance <= 2 || (key.length > 2 && known.startsWith(key)))
    .sort((a, b) => a.distance - b.distance)
  return Option.map(Arr.head(near), ({ known }) => known)
}

/** Levenshtein's: how many letters have to be changed, added or taken away. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [line, letter] of [...a].entries()) {
    const next = [line + 1]
    for (const [at, other] of [...b].entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/**
 * A sender by its name or one of its aliases, in any case.
 *
 * @category accessors
 * @since 0.1.0
 */
export const get = (name: string): Option.Option<Sender> => {
  const key = name.toLowerCase()
  return Option.fromUndefinedOr(byName.get(Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key))
}
