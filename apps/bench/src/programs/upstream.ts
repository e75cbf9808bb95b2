/** An upstream without limits that invites everyone and counts the calls: `GET /` returns the counts. */
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

interface Payload {
  readonly member?: string
  readonly members?: {
    readonly emails?: ReadonlyArray<string>
    readonly spotMemberIds?: ReadonlyArray<string>
  }
}

const counts = { calls: 0, people: 0, firstAt: 0, lastAt: 0 }

const answer = ({ method, url = "" }: IncomingMessage, text: string): readonly [number, unknown] => {
  if (method !== "POST") return [200, counts]
  const liveId = /\/v1\/lives\/([^/]+)/.exec(url)?.[1] ?? ""
  const { member, members }: Payload = JSON.parse(text)
  const all =
    member === undefined ? [...(members?.emails ?? []), ...(members?.spotMemberIds ?? [])] : [member]
  const participants = all.map((one) => participant(one, liveId))
  counts.lastAt = Date.now()
  counts.firstAt ||= counts.lastAt
  counts.calls++
  counts.people += all.length
  return member === undefined ? [200, participants] : [201, participants[0]]
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
