/** A CommonJS program of a Node that can `require` ES modules. */
import { createClient } from "@usher/promise"

const client = createClient()

client.ensureInvited({ liveId: "commonjs", member: "alice@example.com" }).then(({ outcome }) => {
  console.log(outcome)
})
