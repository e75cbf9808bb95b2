/** An HTTP server in the place of MeltingSpot, which answers as each test says and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { onTestFinished } from "vitest"
import { type Client, type ClientOptions, createClient } from "../src/index.ts"

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: IncomingMessage["headers"]
  readonly body: string
}

export type Answer = (response: ServerResponse, asked: Asked) => void

export interface StandIn {
  readonly baseUrl: string
  readonly asked: ReadonlyArray<Asked>
  /** Settles once the client has closed a connection before its answer. */
  readonly aborted: Promise<void>
  /** Settles once a request has arrived. */
  readonly arrived: Promise<void>
}

/** Each request gets the next answer; the last one stays. */
export const standIn = async (...answers: ReadonlyArray<Answer>): Promise<StandIn> => {
  const asked = new Array<Asked>()
  const aborted = Promise.withResolvers<void>()
  const arrived = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    response.on("close", () => {
      if (!response.writableEnded) aborted.resolve()
    })
    let body = ""
    for await (const chunk of request) body += String(chunk)
    const { headers, method = "", url = "" } = request
    const one = { method, target: url, headers, body }
    asked.push(one)
    arrived.resolve()
    answers[Math.min(asked.length, answers.length) - 1]?.(response, one)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return { baseUrl: `http://127.0.0.1:${port}`, asked, aborted: aborted.promise, arrived: arrived.promise }
}

export const json =
  (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body))

export const status =
  (status: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end()

/** No answer at all. */
export const silence: Answer = () => {}

export const participantOf = (member: string) => ({
  id: `participant-${member}`,
  liveId: "live-1",
  spotMemberId: `member-${member}`,
  spotMemberEmail: member,
  spotMemberFirstname: null,
  spotMemberLastname: "Liddell",
  status: "Invited",
  type: "Participant",
  invitedAt: "2026-05-04T09:42:00Z",
  registeredAt: null,
  isHighlighted: false,
  metrics: { viewTime: 42, hasReplayed: null, hasParticipated: true }
})

export const alice = { liveId: "live-1", member: "alice@example.com" }

export const invited = json(201, participantOf("alice@example.com"))

/** A bulk call that invites everybody but those named, of whom it says nothing. */
export const bulk =
  (...silentAbout: ReadonlyArray<string>): Answer =>
  (response, { body }) => {
    const { members }: { readonly members: { readonly emails: ReadonlyArray<string> } } = JSON.parse(body)
    json(200, members.emails.filter((email) => !silentAbout.includes(email)).map(participantOf))(response, {
      method: "",
      target: "",
      headers: {},
      body
    })
  }

/** A client before a server, without limits and without repetitions unless the test wants them. */
export const clientAt = ({ baseUrl }: StandIn, options: ClientOptions = {}): Client => {
  const client = createClient({ secretKey: "key-1", baseUrl, limits: false, retry: false, ...options })
  onTestFinished(client.close)
  return client
}

/** What a promise rejects with. */
export const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error("The promise did not reject")
    },
    (error: unknown) => error
  )

/** All results of a loop. */
export const collect = async <A>(results: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const collected = new Array<A>()
  for await (const result of results) collected.push(result)
  return collected
}
