/**
 * Requests say exactly what the API knows: an unknown key is an error, because a misspelt filter would select everything.
 */
import type { SchemaAST } from "effect"
import { HttpApiMiddleware } from "effect/http-api"

/**
 * How bodies and query parameters are read.
 *
 * @category options
 */
export const parseOptions: SchemaAST.ParseOptions = { onExcessProperty: "error" }

/**
 * Refuses query parameters and a body where the endpoint takes none. Add it to a group before `Authorization`, so that the
 * caller is known first.
 *
 * @category middleware
 */
export class Exact extends HttpApiMiddleware.Service<Exact>()("@usher/admin/Exact") {}
