/** A program without Effect: type-checked against the packed declarations, and run over the packed JavaScript. */
import {
  type Client,
  createClient,
  type InviteError,
  type InviteResult,
  isInviteError,
  LiveNotFoundError
} from "@usher/promise"

interface Row {
  readonly line: number
  readonly email: string
}

const liveId = "plain"

const importRows = async (client: Client, rows: ReadonlyArray<Row>): Promise<ReadonlyArray<string>> => {
  const results: Array<InviteResult<Row>> = []
  for await (const result of client.inviteMany({ liveId, rows, member: ({ email }) => email }))
    results.push(result)
  return results.map(({ outcome, row: { line } }) => `${line} ${outcome}`)
}

const caught = async (call: Promise<unknown>): Promise<InviteError> => {
  try {
    await call
  } catch (error) {
    if (isInviteError(error)) return error
    throw error
  }
  throw new Error("The call did not reject")
}

const client = createClient()
const { outcome } = await client.ensureInvited({ liveId, member: "alice@example.com" })
const lines = await importRows(client, [
  { line: 2, email: "alice@example.com" },
  { line: 3, email: "bob@example.com" }
])
const emails: Array<string> = []
for await (const { spotMemberEmail } of client.list({ liveId })) emails.push(spotMemberEmail)
const missing = await caught(client.invite({ liveId: "no-such-live", member: "alice@example.com" }))
const wait: number | undefined = missing.isRetryable ? missing.retryAfter : undefined

console.log(
  [outcome, ...lines, emails.length, missing.code, missing instanceof LiveNotFoundError, wait].join(", ")
)
