/** The table of known senders. To add one, add its row under `senders/`, and its tests. */
import { Option, Schema } from "effect"
import type { DeliveryOf } from "./internal/deliveryOf.ts"
import { suggestion } from "./internal/nearest.ts"
import type { Sender } from "./Sender.ts"
import { commerce } from "./senders/commerce.ts"
import { crm } from "./senders/crm.ts"
import { engineering } from "./senders/engineering.ts"
import { events } from "./senders/events.ts"
import { forms } from "./senders/forms.ts"
import { generic } from "./senders/generic.ts"
import { messaging } from "./senders/messaging.ts"
import type { DeliveryWithUrl } from "./Delivery.ts"

const rows = [...generic, ...forms, ...events, ...crm, ...commerce, ...messaging, ...engineering] as const

type Row = (typeof rows)[number]

/**
 * The name of a known sender, without aliases.
 *
 * @category models
 */
export type Name = Row["name"]

/**
 * The name of a sender that signs the URL or puts its token there, so that its deliveries need their URL.
 *
 * @category models
 */
export type NameOfUrlSender = {
  [N in Name]: DeliveryOf<Extract<Row, { readonly name: N }>["scheme"]> extends DeliveryWithUrl ? N : never
}[Name]

/**
 * Every sender, in the order of the documentation.
 *
 * @category table
 */
export const all: ReadonlyArray<Sender> = rows

const byName: ReadonlyMap<string, Sender> = new Map(all.map((sender) => [sender.name, sender]))

/**
 * The names in the table, without aliases.
 *
 * @category table
 */
export const names: ReadonlyArray<Name> = rows.map(({ name }) => name)

const otherNames = {
  calcom: "cal-com",
  "cal.com": "cal-com",
  facebook: "meta",
  "paddle-billing": "paddle",
  "raw-hmac": "raw-hmac-sha256-hex",
  "standard-webhook": "standard-webhooks"
} as const satisfies Record<string, Name>

/**
 * Another spelling of a sender's name.
 *
 * @category models
 */
export type Alias = keyof typeof otherNames

/**
 * Other spellings that people use, each with the name in the table.
 *
 * @category table
 */
export const aliases: Readonly<Record<string, string>> = otherNames

/**
 * A sender by its name or one of its aliases, in any case: for names from a configuration file or a person.
 *
 * @category accessors
 */
export const get = (name: string): Option.Option<Sender> => {
  const key = name.toLowerCase()
  return Option.fromUndefinedOr(byName.get(Object.hasOwn(aliases, key) ? (aliases[key] ?? key) : key))
}

/**
 * A sender by its name, for names in the program's code: a misspelled name is a type error. Throws `UnknownSender` in a program
 * without types.
 *
 * **Example** (The row of a sender)
 *
 * ```ts
 * import { Senders } from "@usher/signatures"
 *
 * const { docs, title } = Senders.of("github")
 * console.log(title, URL.canParse(docs)) // GitHub true
 * ```
 *
 * @category accessors
 */
export const of = (name: Name | Alias): Sender => {
  const known = typeof name === "string" ? Option.getOrUndefined(get(name)) : undefined
  if (known === undefined) throw new UnknownSender({ sender: String(name) })
  return known
}

/**
 * An unknown sender in the program's code. Constructors throw it, and an Effect dies with it.
 *
 * @category errors
 */
export class UnknownSender extends Schema.TaggedError<UnknownSender>("@usher/signatures/UnknownSender")(
  "UnknownSender",
  {
    /** The name as it was given. */
    sender: Schema.String
  }
) {
  /** Names the nearest sender, or all of them. */
  override get message() {
    return `There is no sender "${this.sender}": ${suggestion(this.sender, [...names, ...Object.keys(aliases)])}`
  }
}
