import { describe, expect, it } from "vitest"
import { clientAt, json, participantOf, rejection, standIn, status } from "./standIn.ts"

const page = (total: number, ...members: ReadonlyArray<string>) =>
  json(200, { items: members.map(participantOf), total })

describe("list", () => {
  it("reads the pages as the results are", async () => {
    const upstream = await standIn(
      page(3, "alice@example.com", "bob@example.com"),
      page(3, "carol@example.com")
    )
    const emails = new Array<string>()
    for await (const { spotMemberEmail } of clientAt(upstream).list({
      liveId: "live-1",
      firstPage: 1,
      pageSize: 2
    })) {
      emails.push(spotMemberEmail)
      expect(upstream.asked).toHaveLength(emails.length < 3 ? 1 : 2)
    }
    expect(emails).toEqual(["alice@example.com", "bob@example.com", "carol@example.com"])
    expect(upstream.asked.map(({ target }) => target)).toEqual([
      "/v1/lives/live-1/participants?page=1&limit=2",
      "/v1/lives/live-1/participants?page=2&limit=2"
    ])
  })

  it("passes the filter, without what is undefined", async () => {
    const upstream = await standIn(page(0))
    const listed = clientAt(upstream).list({
      liveId: "live-1",
      filter: {
        email: { contains: "@example.com", eq: undefined },
        firstname: undefined,
        status: { in: ["Invited", "Accepted"] },
        hasReplayed: { eq: false }
      },
      pageSize: undefined
    })
    for await (const one of listed) expect.unreachable(one.id)
    expect(upstream.asked.map(({ target }) => target)).toEqual([
      "/v1/lives/live-1/participants?email[contains]=%40example.com&status[in]=Invited%2CAccepted&hasReplayed[eq]=false"
    ])
  })

  it("rejects with the error of a page, after the participants before it", async () => {
    const upstream = await standIn(page(2, "alice@example.com"), status(500))
    const ids = new Array<string>()
    const loop = async () => {
      for await (const { id } of clientAt(upstream).list({ liveId: "live-1", firstPage: 0 })) ids.push(id)
    }
    expect(await rejection(loop())).toMatchObject({ code: "UpstreamUnavailable", status: 500 })
    expect(ids).toEqual(["participant-alice@example.com"])
  })

  it("refuses a page size and a first page that no page has", async () => {
    const client = clientAt(await standIn(page(0)))
    expect(() => client.list({ liveId: "live-1", pageSize: 0 })).toThrow("`pageSize` must be")
    expect(() => client.list({ liveId: "live-1", firstPage: -1 })).toThrow("`firstPage` must be")
  })
})
