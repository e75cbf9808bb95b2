import { type Equivalent, of } from "./Equivalent.ts"

export const access: ReadonlyArray<Equivalent> = [
  ...of("packages/admin/src/internal/server/Tokens.ts", "No token has the id NULL.", [
    "const row = id === undefined ? undefined : yield* rowOf(id)",
    "id === undefined ? undefined : yield* rowOf(id)",
    "yield* rowOf(id)"
  ])
]
