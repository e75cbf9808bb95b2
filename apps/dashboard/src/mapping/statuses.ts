import { StatusWithBody } from "@usher/model/Webhook"

/** The statuses of webhooks that a mapping can be tried on. */
export const statuses = StatusWithBody.literals
