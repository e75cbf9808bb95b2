import { describe, expect, it } from "vitest"
import { isInviteError } from "../src/index.ts"
import { clientAt, invited, rejection, standIn, status } from "./standIn.ts"

const alice = { liveId: "live-1", member: "alice@example.com" }
describe("x", () => {
  it("y", async () => {
    const up = await standIn(invited, status(200))
    const c = clientAt(up)
    console.log(await c.invite(alice), up.asked)
    const e = await rejection(c.invite(alice))
    console.log(e, isInviteError(e), Object.keys(e as object))
  })
})
