/** Where the upstream is: apart from its contract, which costs a program that only calls it a lot to load. */

/** The only server the reference lists. */
export const baseUrl = "https://openapi.meltingspot.io"

/** `GET` lists, `POST` invites one. */
export const participantsPath = (liveId: string): string =>
  `/v1/lives/${encodeURIComponent(liveId)}/participants`

/** `POST` invites many. */
export const bulkInvitePath = (liveId: string): string => `${participantsPath(liveId)}~bulkInvite`
