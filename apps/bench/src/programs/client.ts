/**
 * Invites people without a relay and without a store, eight calls at a time over undici:
 *
 *     node client.ts <single|bulk|honour|retry> <origin> <people> <peoplePerLive> <speed>
 *
 * `single` and `bulk` have no limits. `honour` makes at most 100 single calls within 10 seconds. `retry` makes them as fast
 * as it can, and waits after a 429: first a second, then twice as long each time, at most a minute. Both run `speed` times
 * as fast as the clock. At the end the program prints the processor time of the calls, in microseconds.
 */
import { setTimeout } from "node:timers/promises"
import { Pool } from "undici"

const [how = "", origin = "", people = "", peoplePerLive = "", speedText = "1"] = process.argv.slice(2)
const speed = Number(speedText)
const concurrency = 8
const pool = new Pool(origin, { connections: concurrency })
const headers = {
  authorization: process.env["MELTINGSPOT_SECRET_KEY"] ?? "",
  "content-type": "application/json"
}

const post = async (path: string, payload: unknown): Promise<number> => {
  const { statusCode, body } = await pool.request({
    method: "POST",
    path,
    headers,
    body: JSON.stringify(payload)
  })
  const text = await body.text()
  if (text !== "") JSON.parse(text)
  return statusCode
}

const liveOf = (person: number) => `/v1/lives/live-${Math.floor(person / Number(peoplePerLive))}/participants`
const member = (person: number) => `person-${person}@example.com`
const invite = (person: number) =>
  post(liveOf(person), { member: member(person), withEmailNotification: true })

const window = 10_000 / speed
const sent: Array<number> = []

const honouring = async (person: number) => {
  for (;;) {
    const now = performance.now()
    const oldest = sent.length < 100 ? undefined : sent[sent.length - 100]
    // A little longer than the window, because the upstream counts a call when it arrives.
    const wait = oldest === undefined ? 0 : oldest + window * 1.02 - now
    if (wait <= 0) break
    await setTimeout(wait)
  }
  sent.push(performance.now())
  if ((await invite(person)) === 429) await honouring(person)
}

const retrying = async (person: number) => {
  for (let wait = 1_000; (await invite(person)) === 429; wait = Math.min(60_000, wait * 2)) {
    await setTimeout((Math.random() * wait) / speed)
  }
}

const bulk = (first: number) =>
  post(`${liveOf(first)}~bulkInvite`, {
    members: { emails: Array.from({ length: 100 }, (_, index) => member(first + index)) },
    withEmailNotification: true
  })

const [step, once] = {
  single: [1, invite] as const,
  bulk: [100, bulk] as const,
  honour: [1, honouring] as const,
  retry: [1, retrying] as const
}[how] ?? [1, invite]

let next = 0
const worker = async () => {
  while (next < Number(people)) {
    const person = next
    next += step
    await once(person)
  }
}
const before = process.cpuUsage()
await Promise.all(Array.from({ length: concurrency }, worker))
await pool.close()
const { user, system } = process.cpuUsage(before)
console.log(`processor ${user + system}`)
