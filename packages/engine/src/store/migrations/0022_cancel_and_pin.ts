import { Effect } from "effect"
import { addColumn } from "../columns.ts"

/**
 * Keeps who cancelled an invitation, which is null where a person was forgotten, and when a webhook was last mapped, which
 * is null where an earlier version mapped it.
 */
export default Effect.andThen(
  addColumn("invitations", "cancelled_by", "text"),
  addColumn("webhooks", "mapped_at", "whole")
)
