/**
 * Answers as the upstream's reference describes them, played to the requests that they belong to. The Live has two
 * participants on a page, takes four members in one call, and counts pages from 1.
 */
import { Effect, Redacted } from "effect"
import { LiveParticipants } from "../src/index.ts"
import { everybody } from "./contract.ts"
import { answer, serve } from "./wire.ts"

type Json = Readonly<Record<string, unknown>>

/** Ways in which an answer may differ from the reference, or from what one would expect of it. */
export const quirks = {
  "as documented": {},
  "with names as objects": { spotMemberFirstname: {}, spotMemberLastname: { first: "A" } },
  "with names": { spotMemberFirstname: "Ada", spotMemberLastname: "Lovelace" },
  "with null wherever it is allowed": {
    invitedAt: null,
    registeredAt: null,
    metrics: { viewTime: null, hasReplayed: null, hasParticipated: null }
  },
  "with fields that are not documented": {
    avatarUrl: "https://example.com/a.png",
    metrics: { ...metrics(), pace: 3 }
  },
  "with dates that have no milliseconds": { invitedAt: "2026-05-04T09:42:00Z" },
  "with dates that have an offset": { invitedAt: "2026-05-04T11:42:00+02:00" },
  "with a status that is not documented": { status: "Waitlisted" },
  "with a type that is not documented": { type: "Moderator" }
}

function metrics() {
  return { viewTime: 42, hasReplayed: false, hasParticipated: true }
}

const recorded = (email: string, spotMemberId: string) => ({
  id: `participant-of-${spotMemberId}`,
  liveId: "live-1",
  spotMemberId,
  spotMemberEmail: email,
  spotMemberFirstname: null,
  spotMemberLastname: null,
  status: "Invited",
  type: "Participant",
  invitedAt: "2026-05-04T09:42:00.000Z",
  registeredAt: "2026-05-04T09:43:12.345Z",
  isHighlighted: false,
  metrics: metrics()
})

const participants = "/v1/lives/live-1/participants"
const bulk = `${participants}~bulkInvite`

/** `[request, body, status, answer]`; the same request again gets its next answer, or its last one. */
const recording = (quirk: Json): ReadonlyArray<readonly [string, unknown, number, unknown?]> => {
  const [alice, bob, carol, dave, erin] = everybody.map((email, index) => ({
    ...recorded(email, `member-${index + 1}`),
    ...quirk
  }))
  const host = { ...recorded("host@example.com", "member-0"), ...quirk }
  const [a, b, c, d, e] = everybody
  const page = (...items: ReadonlyArray<unknown>) => ({ items, total: 5 })
  const found = (...items: ReadonlyArray<unknown>) => ({ items, total: items.length })
  return [
    [`POST ${participants}`, { member: a }, 201, alice],
    [`POST ${participants}`, { member: a }, 200],
    [`POST ${participants}`, { member: "Alice@Example.com" }, 200],
    [`POST ${participants}`, { member: b }, 201, bob],
    [`POST ${participants}`, { member: c }, 201, carol],
    [`POST ${participants}`, { member: e }, 201, erin],
    [`POST ${participants}`, { member: "member-0" }, 201, host],
    [`POST ${participants}`, { member: "nobody" }, 400],
    ["POST /v1/lives/live-2/participants", { member: a }, 404],
    [`POST ${bulk}`, { members: { spotMemberIds: ["member-0"], emails: [a, b] } }, 200, [bob, host]],
    [`POST ${bulk}`, { members: { spotMemberIds: ["nobody"], emails: [b, c] } }, 400],
    [`POST ${bulk}`, { members: { spotMemberIds: ["nobody"], emails: [b] } }, 400],
    [`POST ${bulk}`, { members: { emails: everybody } }, 413],
    [`POST ${bulk}`, { members: { emails: [a, b, c] } }, 200, [alice, bob, carol]],
    [`POST ${bulk}`, { members: { emails: [d, e] } }, 200, [dave, erin]],
    [`POST ${bulk}`, { members: { emails: [a, b, c, d] } }, 200, [alice, bob, carol, dave]],
    [`GET ${participants}`, undefined, 200, page(alice, bob)],
    [`GET ${participants}?page=1`, undefined, 200, page(alice, bob)],
    [`GET ${participants}?page=2`, undefined, 200, page(carol, dave)],
    [`GET ${participants}?page=3`, undefined, 200, page(erin)],
    [`GET ${participants}?limit=3`, undefined, 200, page(alice, bob, carol)],
    [`GET ${participants}?page=1&limit=3`, undefined, 200, page(alice, bob, carol)],
    [`GET ${participants}?page=2&limit=3`, undefined, 200, page(dave, erin)],
    [`GET ${participants}?email[contains]=ali`, undefined, 200, found(alice)],
    [
      `GET ${participants}?email[eq]=bob%40example.com&type[in]=Host%2CParticipant`,
      undefined,
      200,
      found(bob)
    ],
    [`GET ${participants}?email[eq]=nobody%40example.com`, undefined, 200, found()]
  ]
}

/** `LiveParticipants` before a server that plays the recording from its start; what it does not hold is a `501`. */
export const serveTape = (quirk: Json) =>
  Effect.gen(function* () {
    const rest = new Map<string, Array<string>>()
    for (const [line, body, status, json] of recording(quirk)) {
      const key = `${line} ${JSON.stringify(body) ?? ""}`
      const bytes = answer(status, JSON.stringify(json), { "content-type": "application/json" })
      rest.set(key, [...(rest.get(key) ?? []), bytes])
    }
    const { baseUrl } = yield* serve((socket, request) => {
      const [head = "", body = ""] = request.split("\r\n\r\n")
      const answers = rest.get(`${/^\S+ \S+/.exec(head)?.[0]} ${body}`) ?? []
      socket.end((answers.length > 1 ? answers.shift() : answers[0]) ?? answer(501, request))
    })
    return LiveParticipants.layer({ secretKey: Redacted.make("k"), baseUrl })
  })
