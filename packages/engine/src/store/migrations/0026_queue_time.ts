import { addColumn } from "../columns.ts"

/**
 * When a webhook began to wait for its mapping again: an operator had it mapped again, or its source resumed. Null if it waits
 * since it was received or released.
 */
export default addColumn("webhooks", "queued_at", "whole")
