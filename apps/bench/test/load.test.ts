import { describe, expect, it } from "@effect/vitest"
import { Connection } from "../src/load/Connection.ts"
import * as loops from "../src/load/loops.ts"
import { read } from "../src/load/responses.ts"
import { serving } from "./serving.ts"

const bytes = (text: string) => Buffer.from(text.replaceAll("\n", "\r\n"))

describe("the answer to a delivery", () => {
  it("ends where its length says", () => {
    const answer = bytes("HTTP/1.1 202 Accepted\ncontent-length: 2\n\nokHTTP/1.1 500")
    expect(read(answer)).toEqual({ status: 202, length: answer.length - "HTTP/1.1 500".length })
  })

  it("ends after its last chunk", () => {
    const answer = bytes("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n")
    expect(read(answer)).toEqual({ status: 200, length: answer.length })
  })

  it("is not read before it is complete", () => {
    const answer = bytes("HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nok\n0\n\n")
    for (let length = 0; length < answer.length; length++) {
      expect(read(answer.subarray(0, length))).toBeUndefined()
    }
    expect(read(bytes("HTTP/1.1 202 Accepted\ncontent-length: 2\n\no"))).toBeUndefined()
  })

  it("may have no body", () => {
    const answer = bytes("HTTP/1.1 204 No Content\n\n")
    expect(read(answer)).toEqual({ status: 204, length: answer.length })
  })
})

describe("the loops", () => {
  const request = bytes("POST / HTTP/1.1\nhost: 127.0.0.1\ncontent-length: 0\n\n")
  const requests = (count: number) => Array.from({ length: count }, () => request)

  it("count accepted and refused deliveries", async () => {
    await using server = await serving((count) => (count % 3 === 0 ? 503 : 202))
    const connections = [server.connection(), server.connection()]
    const { accepted, failed, latency } = await loops.closed(connections, requests(9), 60)
    expect({ accepted, failed, recorded: latency.count }).toEqual({ accepted: 6, failed: 3, recorded: 6 })
  })

  it("continue after a connection broke", async () => {
    await using server = await serving((count) => (count === 2 ? "break" : 202))
    const { accepted, failed } = await loops.closed([server.connection()], requests(5), 60)
    expect({ accepted, failed }).toEqual({ accepted: 4, failed: 1 })
  })

  it("count deliveries without an answer as failed", async () => {
    const nobody = new Connection("127.0.0.1", 1)
    const { accepted, failed } = await loops.open([nobody], requests(3), 1_000, 60)
    expect({ accepted, failed }).toEqual({ accepted: 0, failed: 3 })
  })

  it("count a stall for every delivery that it delays", async () => {
    const stall = 400
    await using server = await serving((count) => (count === 1 ? { status: 202, after: stall } : 202))
    const { accepted, latency } = await loops.open([server.connection()], requests(20), 1_000, 60)
    expect(accepted).toBe(20)
    // Twenty were due within 20 ms. A closed loop would count the stall once.
    expect(latency.percentile(50)).toBeGreaterThan((stall - 50) * 1_000)
  })
})
