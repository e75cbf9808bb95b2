/**
 * Invites people to MeltingSpot Lives: promises, errors with a `code`, and abort signals.
 */
export * from "./Client.ts"
export * from "./ClientOptions.ts"
export * from "./Invitation.ts"
export * from "./InviteError.ts"
export * from "./InviteResult.ts"
export * from "./ListOptions.ts"
export * from "./Participant.ts"
