/** Sample bodies in the format of each sender, with invented data. */
import { commerce } from "./samples/commerce.ts"
import { crm } from "./samples/crm.ts"
import { engineering } from "./samples/engineering.ts"
import { events } from "./samples/events.ts"
import { forms } from "./samples/forms.ts"
import { generic } from "./samples/generic.ts"
import { messaging } from "./samples/messaging.ts"
import { type Content, plain, type SampleOptions, type Shape } from "./samples/shape.ts"
import type { Sender } from "./Sender.ts"

export type { SampleOptions } from "./samples/shape.ts"

/**
 * A sample body, and the headers that the sender adds besides its signature.
 *
 * @category models
 */
export interface Sample extends Content {
  /** Whether the format of this sender is unknown: then it is plain JSON with the address at `email`. */
  readonly isGeneric: boolean
}

const shapes: ReadonlyMap<string, Shape> = new Map(
  [generic, forms, events, crm, commerce, messaging, engineering].flatMap((shapes) => Object.entries(shapes))
)

/**
 * A sample of the sender's most common event, with the address at `sender.email` and the id at `sender.deliveryId`, unless the
 * sender has a header for it. Some senders deliver no address: GitHub except for pushes, Eventbrite, Meta and Twilio.
 *
 * **Example** (A submitted form)
 *
 * ```ts
 * import { DateTime } from "effect"
 * import { Senders } from "@usher/signatures"
 * import { sample } from "@usher/signatures/testing"
 *
 * const at = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
 * const { body, isGeneric } = sample(Senders.of("typeform"), { member: "sam@example.com", id: "01H", at })
 * console.log(body.includes("sam@example.com"), isGeneric) // true false
 * ```
 *
 * @category samples
 */
export const sample = (sender: Sender, options: SampleOptions): Sample => {
  const shape = shapes.get(sender.name)
  return { ...(shape ?? plain)(options), isGeneric: shape === undefined }
}
