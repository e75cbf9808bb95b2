/** The paths of calls about a Live. Apart from the contract, which is expensive to load. */

/** The only server in the reference. */
export const baseUrl = "https://openapi.meltingspot.io"

/** A path and its template, which stands for the path in traces and metrics. */
export interface Route {
  /** Such as `/v1/lives/{liveId}/participants`. */
  readonly template: string
  /** With its ids escaped. */
  readonly path: string
}

const lives = (rest: string) => {
  const template = `/v1/lives/{liveId}${rest}`
  return (liveId: string): Route => ({ template, path: `/v1/lives/${encodeURIComponent(liveId)}${rest}` })
}

export const liveRoute = /* @__PURE__ */ lives("")

/** `GET` lists, `POST` invites one. */
export const participantsRoute = /* @__PURE__ */ lives("/participants")

export const bulkInviteRoute = /* @__PURE__ */ lives("/participants~bulkInvite")

export const speakersRoute = /* @__PURE__ */ lives("/speakers~bulkInvite")
