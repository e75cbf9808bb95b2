/** Reads the persons in the texts of a form, and says why some texts name nobody. */
import { Member } from "@usher/core"
import { Result } from "effect"

/** The ids of this Spot's members, besides UUIDs. */
const memberId = /member-\d+/

const texts = ["Alice <alice@example.com>; mailto:bob@example.com", "member-7", "N/A", "alice@"]

for (const text of texts) {
  const said = Result.match(Member.parse(text, { memberId }), {
    onSuccess: (members) => members.join(" and "),
    onFailure: ({ reason, message }) => `${reason}: ${message}`
  })
  console.log(said)
}
