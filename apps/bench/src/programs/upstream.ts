/** An upstream that invites everybody at once, without limits, and counts: `GET /` tells, `DELETE /` forgets. */
import { createServer, type IncomingMessage } from "node:http"

const participant = (member: string, liveId: string) => ({
  id: `participant-${member}`,
  liveId,
  spotMemberId: `member-${member}`,
  spotMemberEmail: member,
  spotMemberFirstname: null,
  spotMemberLastname: null,
  status: "Invited",
  type: "Participant",
  invitedAt: "2026-01-01T00:00:00.000Z",
  registeredAt: null,
  isHighlighted: false,
  metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
})

interface Single {
  readonly member: string
}

interface Bulk {
  readonly members: {
    readonly emails?: ReadonlyArray<string>
    readonly spotMemberIds?: ReadonlyArray<string>
  }
}

const none = { calls: 0, people: 0, bulkCalls: 0, firstAt: 0, lastAt: 0 }
let counts = { ...none }

const count = (people: number, isBulk: boolean) => {
  const now = Date.now()
  counts.calls++
  counts.people += people
  if (isBulk) counts.bulkCalls++
  counts.firstAt ||= now
  counts.lastAt = now
}

const answer = ({ method, url = "" }: IncomingMessage, text: string): readonly [number, unknown] => {
  if (method === "DELETE") counts = { ...none }
  if (method !== "POST") return [200, counts]
  const liveId = /\/v1\/lives\/([^/]+)/.exec(url)?.[1] ?? ""
  if (url.endsWith("~bulkInvite")) {
    const { members }: Bulk = JSON.parse(text)
    const all = [...(members.emails ?? []), ...(members.spotMemberIds ?? [])]
    count(all.length, true)
    return [200, all.map((member) => participant(member, liveId))]
  }
  const { member }: Single = JSON.parse(text)
  count(1, false)
  return [201, participant(member, liveId)]
}

const server = createServer((request, response) => {
  const chunks: Array<Buffer> = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    const [status, value] = answer(request, Buffer.concat(chunks).toString("utf8"))
    const text = JSON.stringify(value)
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text)
    })
    response.end(text)
  })
})
server.keepAliveTimeout = 120_000
server.listen(Number(process.env["PORT"]), "127.0.0.1")
