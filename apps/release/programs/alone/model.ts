/** Reads a filter that was written as JSON, and says which statuses there are. */
import { Invitation, Search } from "@usher/model"
import { DateTime, Schema } from "effect"

const filter = Schema.decodeSync(Schema.fromJsonString(Search.InvitationFilter))(
  '{"status":["rejected"],"from":"2026-01-01T01:00:00+01:00"}'
)

console.log(filter.status, filter.from === undefined ? "" : DateTime.formatIso(filter.from))
console.log(Invitation.Lane.literals.join(", "))
// Prints: [ 'rejected' ] 2026-01-01T00:00:00.000Z
// Prints: live, retry, replay, import
