/** What is found of a person, counted by kind. */
import type { Forgotten } from "@usher/model/Forgotten"

export const none: Forgotten = {
  invitations: 0,
  cancelled: 0,
  attempts: 0,
  webhooks: 0,
  unmappable: 0,
  waiting: 0,
  deliveryIds: 0,
  quarantined: 0,
  inviters: 0,
  reasons: 0,
  unreadable: 0
}

export const add = (a: Forgotten, b: Partial<Forgotten>): Forgotten => ({
  invitations: a.invitations + (b.invitations ?? 0),
  cancelled: a.cancelled + (b.cancelled ?? 0),
  attempts: a.attempts + (b.attempts ?? 0),
  webhooks: a.webhooks + (b.webhooks ?? 0),
  unmappable: a.unmappable + (b.unmappable ?? 0),
  waiting: a.waiting + (b.waiting ?? 0),
  deliveryIds: a.deliveryIds + (b.deliveryIds ?? 0),
  quarantined: a.quarantined + (b.quarantined ?? 0),
  inviters: a.inviters + (b.inviters ?? 0),
  reasons: a.reasons + (b.reasons ?? 0),
  unreadable: a.unreadable + (b.unreadable ?? 0)
})
