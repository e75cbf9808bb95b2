/** The table of known senders. Adding one is adding its row under `senders/`, and its tests. */
import { Option } from "effect"
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
 * Other spellings that people try.
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
 * A sender by its name or one of its aliases, in any case.
 *
 * @category accessors
 * @since 0.1.0
 */
export const get = (name: string): Option.Option<Sender> => {
  const key = name.toLowerCase()
  return Option.fromUndefinedOr(byName.get(Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key))
}
