/** Where the upstream is: apart from its contract, which costs a program that only calls it a lot to load. */

/** The only server the reference lists. */
export const baseUrl = "https://openapi.meltingspot.io"

/** The path of a call, and its template, which stands for it in traces and metrics. */
export interface Route {
  /** Such as `/v1/lives/{liveId}/participants`. */
  readonly template: string
  /** With its ids escaped, without a query. */
  readonly path: string
}

const lives = (rest: string) => {
  const template = `/v1/lives/{liveId}${rest}`
  return (liveId: string): Route => ({ template, path: `/v1/lives/${encodeURIComponent(liveId)}${rest}` })
}

/** `GET` lists, `POST` invites one. */
export const participantsRoute = lives("/participants")

/** `POST` invites many. */
export const bulkInviteRoute = lives("/participants~bulkInvite")
