/** Standards and scripts. */
import { json, plain, seconds, type Shape } from "./shape.ts"

export const generic: Readonly<Record<string, Shape>> = {
  meltingspot: (options) =>
    json({
      member: {
        id: "member-1",
        email: options.member,
        firstname: "Sam",
        lastname: "Ample",
        status: "Accepted"
      },
      spot: { id: "spot-1", name: "Sample" },
      occurredAt: seconds(options)
    }),
  "google-forms": plain,
  zapier: plain,
  make: plain
}
