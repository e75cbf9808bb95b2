/** A MeltingSpot over HTTP, in memory: the first invitation of a member is a 201, and any later one a 200. */
import { createServer, type ServerResponse } from "node:http"

export interface Spot {
  readonly baseUrl: string
  readonly close: () => void
}

const participantOf = (liveId: string, email: string) => ({
  id: `participant-${email}`,
  liveId,
  spotMemberId: `member-${email}`,
  spotMemberEmail: email,
  spotMemberFirstname: null,
  spotMemberLastname: null,
  status: "Invited",
  type: "Participant",
  invitedAt: "2026-05-04T09:42:00Z",
  registeredAt: null,
  isHighlighted: false,
  metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
})

interface Body {
  readonly member?: string
  readonly members?: { readonly emails?: ReadonlyArray<string> }
}

/** A Live that is called `no-such-live` does not exist, and one that is called `silent` never answers. */
export const startSpot = async (secretKey: string): Promise<Spot> => {
  const invited = new Map<string, Set<string>>()

  const answer = (response: ServerResponse, status: number, body?: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(body && JSON.stringify(body))

  const act = (response: ServerResponse, method: string, url: string, body: Body) => {
    const { pathname } = new URL(url, "http://spot.invalid")
    const [, liveId = "", action] = /^\/v1\/lives\/([^/]+)\/participants(~bulkInvite)?$/.exec(pathname) ?? []
    if (liveId === "silent") return undefined
    if (liveId === "" || liveId === "no-such-live") return answer(response, 404)
    const members = invited.get(liveId) ?? new Set()
    invited.set(liveId, members)
    if (method === "GET") {
      const items = Array.from(members, (email) => participantOf(liveId, email))
      return answer(response, 200, { items, total: items.length })
    }
    const asked = action === undefined ? [body.member ?? ""] : (body.members?.emails ?? [])
    const fresh = asked.filter((email) => !members.has(email))
    for (const email of fresh) members.add(email)
    const participants = fresh.map((email) => participantOf(liveId, email))
    if (action !== undefined) return answer(response, 200, participants)
    return fresh.length === 0 ? answer(response, 200) : answer(response, 201, participants[0])
  }

  const server = createServer(async (request, response) => {
    let text = ""
    for await (const chunk of request) text += String(chunk)
    const { headers, method = "", url = "" } = request
    if (headers.authorization === secretKey) act(response, method, url, text === "" ? {} : JSON.parse(text))
    else answer(response, 401)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections()
      server.close()
    }
  }
}
