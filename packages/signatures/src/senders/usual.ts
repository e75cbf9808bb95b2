import { Duration } from "effect"

/** What most rows of the table share. A row overrides what differs. */
export const usual = {
  mediaTypes: ["application/json"],
  // The deadline is also that of senders that publish none.
  acknowledge: { deadline: Duration.seconds(5), status: 200 },
  disablingStatuses: []
} as const
