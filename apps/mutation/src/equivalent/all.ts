/** Mutants that no test can tell from the code, by the part of the code. */
import { accept } from "./accept.ts"
import { access } from "./access.ts"
import { budget } from "./budget.ts"
import { claim } from "./claim.ts"
import { core } from "./core.ts"
import { dispatch } from "./dispatch.ts"
import type { Equivalent } from "./Equivalent.ts"
import { forget } from "./forget.ts"
import { map } from "./map.ts"
import { scheduling } from "./scheduling.ts"
import { settle } from "./settle.ts"
import { signatures } from "./signatures.ts"

export const equivalents: ReadonlyArray<Equivalent> = [
  ...accept,
  ...access,
  ...budget,
  ...claim,
  ...scheduling,
  ...core,
  ...dispatch,
  ...forget,
  ...map,
  ...settle,
  ...signatures
]
